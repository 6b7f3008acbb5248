// What the file chooser offers, and what files are called before Gradio sees them.
const choosers = element.closest("#shelf");
choosers.addEventListener("click", (event) => {
  if (event.target.matches("input[type=file]:not([webkitdirectory])")) event.target.accept = props.kinds;
}, true);
// Gradio's messages show names of files as HTML, so none may have what begins a tag. The server allows it neither.
choosers.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches("input[type=file]") || ![...input.files].some((file) => /[<>]/.test(file.name))) return;
  const renamed = new DataTransfer();
  for (const file of input.files) {
    renamed.items.add(new File([file], file.name.replace(/[<>]/g, "_"), { type: file.type }));
  }
  input.files = renamed.files;
}, true);
