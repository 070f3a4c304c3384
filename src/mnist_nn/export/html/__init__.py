"""Models as one web page to draw on: writing it, and checking it in Node.js or a browser."""
