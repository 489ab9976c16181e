package io.github.s3vfs.testkit;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The tags of objects, which s3proxy does not know: taken from the requests that store objects, and
 * told by GetObjectTagging. In memory only; of two uploads of one key at the same time the last one
 * that was begun counts. Thread-safe.
 */
final class ObjectTags {

  private final Map<String, String> stored = new ConcurrentHashMap<>();
  private final Map<String, String> uploading = new ConcurrentHashMap<>();

  /** Takes note of a request that had success. */
  void done(S3Request request) {
    String object = request.bucket() + "/" + request.key();
    String tags = request.header("x-amz-tagging");
    switch (request.operation()) {
      case PUT_OBJECT -> set(stored, object, tags);
      case CREATE_MULTIPART_UPLOAD -> set(uploading, object, tags);
      case COMPLETE_MULTIPART_UPLOAD -> set(stored, object, uploading.remove(object));
      case COPY_OBJECT -> {
        S3Request.CopySource source = request.copySource();
        boolean replaced = "REPLACE".equals(request.header("x-amz-tagging-directive"));
        set(
            stored,
            object,
            replaced || source == null ? tags : stored.get(source.bucket() + "/" + source.key()));
      }
      case DELETE_OBJECT -> stored.remove(object);
      default -> {}
    }
  }

  private static void set(Map<String, String> to, String object, @Nullable String tags) {
    if (tags == null) {
      to.remove(object);
    } else {
      to.put(object, tags);
    }
  }

  /** Answers GetObjectTagging for an object that is there. */
  void answer(S3Request request, HttpServletResponse response) throws IOException {
    StringBuilder xml =
        new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Tagging><TagSet>");
    parse(stored.getOrDefault(request.bucket() + "/" + request.key(), ""))
        .forEach(
            (key, value) ->
                xml.append("<Tag><Key>")
                    .append(escaped(key))
                    .append("</Key><Value>")
                    .append(escaped(value))
                    .append("</Value></Tag>"));
    xml.append("</TagSet></Tagging>");
    response.setStatus(200);
    response.setContentType("application/xml");
    response.getOutputStream().write(xml.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, String> parse(String query) {
    Map<String, String> tags = new TreeMap<>();
    for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      tags.put(
          S3Request.decode(equals < 0 ? pair : pair.substring(0, equals)),
          equals < 0 ? "" : S3Request.decode(pair.substring(equals + 1)));
    }
    return tags;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
