"""ComfyUI as a server: what is asked of it and what it answers, and whether it can render a workflow."""
