"""What the lab's small internet needs and no packaged daemon does: each file is one program."""
