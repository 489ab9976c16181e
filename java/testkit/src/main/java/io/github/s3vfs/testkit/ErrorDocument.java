package io.github.s3vfs.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The XML body of an S3 error.
 *
 * @param code the S3 error code, for example {@code SlowDown}
 * @param message for people
 * @param details further elements by name
 */
record ErrorDocument(String code, String message, Map<String, String> details) {

  static final String CONTENT_TYPE = "application/xml";

  ErrorDocument(String code, String message) {
    this(code, message, Map.of());
  }

  byte[] bytes() {
    StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>");
    element(xml, "Code", code);
    element(xml, "Message", message);
    details.forEach((name, value) -> element(xml, name, value));
    element(xml, "RequestId", "TESTKIT000000000");
    return xml.append("</Error>").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void element(StringBuilder xml, String name, String value) {
    String escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    xml.append('<').append(name).append('>').append(escaped);
    xml.append("</").append(name).append('>');
  }
}
