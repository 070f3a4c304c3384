"""Models as one web page to draw on: written here, and checked in Node.js or a browser."""
