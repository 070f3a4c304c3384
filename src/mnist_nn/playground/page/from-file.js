/**
 * Says what to do where the page was opened as a file: browsers then load none of its modules. It is a plain script for
 * that reason, and has its words here.
 */

if (location.protocol === "file:") {
  addEventListener("DOMContentLoaded", () => {
    const folder = decodeURIComponent(location.pathname).replace(/[^/]*$/, "").replace(/^\/(?=[A-Za-z]:)/, "");
    const element = (/** @type {string} */ tag, /** @type {(string | Node)[]} */ ...parts) => {
      const made = document.createElement(tag);
      made.append(...parts);
      return made;
    };
    const address = element("a", "http://localhost:8000/");
    address.setAttribute("href", "http://localhost:8000/");
    const main = element("main",
      element("h1", "This page needs a web server"),
      element("p", "It was opened as a file, but browsers load the parts of a page like this only from a web server. A "
        + "server on your own computer is enough, and nothing leaves your computer."),
      element("p", "If mnist-nn is installed, type this in a terminal:"),
      element("pre", "mnist-nn play"),
      element("p", "Or serve the folder of this page with Python:"),
      element("pre", `python -m http.server 8000 --bind localhost --directory "${folder}"`),
      element("p", "Then open ", address));
    main.className = "from-file";
    document.title = "This page needs a web server · mnist-nn";
    document.body.replaceChildren(main);
  });
}
