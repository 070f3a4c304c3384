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
      element("p", "It was opened as a file, and browsers load the parts of such a page only from a web server. One on "
        + "your own computer will do; nothing leaves it."),
      element("p", "If mnist-nn is installed, type in a terminal:"),
      element("pre", "mnist-nn play"),
      element("p", "Or serve the folder of this page with Python:"),
      element("pre", `python -m http.server 8000 --bind localhost --directory "${folder}"`),
      element("p", "Then open ", address));
    main.className = "from-file";
    document.title = "This page needs a web server · mnist-nn";
    document.body.replaceChildren(main);
  });
}
