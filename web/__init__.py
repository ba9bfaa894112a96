"""What people and programs see: the API, the console, the editor and the commands."""
