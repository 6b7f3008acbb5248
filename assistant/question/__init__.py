"""The words of a question, and the conversation before them -> what is asked."""
