/**
 * Some browsers call a system without a language "C" (WebKitGTK does), and number formats made for the browser's
 * language, as the charts make them, then refuse to be made. The page speaks English there. Import this before them.
 */

try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en", configurable: true });
}
