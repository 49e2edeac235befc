"""ComfyUI as a renderer: what is asked of a server, how a render is followed, and how its clip is brought home."""
