"""What supervisor starts: each module is one program, `python -m qhub.embedded.programs.NAME`."""
