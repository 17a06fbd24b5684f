"""Tools from outside against the portal: each first finds a flaw that is planted for it, then nothing.

Each tool is installed from `requirements/tools/`, in a virtual environment of its own below `build/tools/`.
"""
