package org.pgrewind4j.core.report;

/**
 * Writes HTML. Text is given to {@link #text} and to attributes as it is and is escaped here, all of it: names in WAL and
 * catalogs are whatever somebody chose. Markup is given to {@link #raw}, and holds no such text.
 */
final class HtmlText {

    private final StringBuilder html = new StringBuilder();

    HtmlText raw(String markup) {
        html.append(markup);
        return this;
    }

    HtmlText text(String text) {
        html.append(escaped(text));
        return this;
    }

    HtmlText open(String element) {
        return raw("<" + element + ">");
    }

    HtmlText open(String element, String type) {
        html.append('<')
                .append(element)
                .append(" class=\"")
                .append(escaped(type))
                .append("\">");
        return this;
    }

    HtmlText close(String element) {
        return raw("</" + element + ">");
    }

    /** An element that holds text alone. */
    HtmlText element(String element, String text) {
        return open(element).text(text).close(element);
    }

    HtmlText element(String element, String type, String text) {
        return open(element, type).text(text).close(element);
    }

    /** Characters that mean something in HTML become references, those that could hide or reorder text become visible. */
    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isHidden(c) ? 0xFFFD : c);
            }
        });
        return escaped.toString();
    }

    private static boolean isHidden(int c) {
        return Character.isISOControl(c)
                || Character.getType(c) == Character.FORMAT
                || Character.getType(c) == Character.SURROGATE;
    }

    @Override
    public String toString() {
        return html.toString();
    }
}
