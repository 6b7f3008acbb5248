"""placeholder"""
CHANGES = "checker.safetensors"
