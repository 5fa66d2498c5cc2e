"""What runs beside the measuring process, each as a process of its own that prints one line of JSON when ready."""
