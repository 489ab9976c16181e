package io.github.s3vfs.select;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The cases of conformance: those beside the checkout, or a copy. */
final class Conformance {
  /** One query over one dataset. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Case(String id, String query, byte[] data, SelectOptions options, JsonNode expect) {
    /** What is wrong; null if it is as expected. */
    @Nullable String failure() {
      try {
        String result = run(query, data, options);
        if (expect.has("error")) {
          return "expected an error, found " + result;
        } else if (expect.has("pattern")) {
          String pattern = expect.get("pattern").asString();
          return result.strip().matches(pattern) ? null : "not of the pattern: " + result;
        }
        String wanted = expect.get("result").asString();
        // Some results were taken down without the delimiter at their end.
        boolean same = result.equals(wanted) || result.equals(wanted + "\n");
        return same ? null : "expected " + shown(wanted) + ", found " + shown(result);
      } catch (SelectException e) {
        return error(e);
      }
    }

    private @Nullable String error(SelectException e) {
      if (!expect.has("error")) {
        return "expected " + shown(expect.get("result").asString()) + ", found " + e.getMessage();
      }
      boolean parse = expect.get("error").asString().equals("parse");
      boolean phase = parse == (e.error().phase() == SelectError.Phase.PARSE);
      boolean code =
          !expect.has("s3_error_code")
              || e.error().cephCode().equals(expect.get("s3_error_code").asString());
      boolean message =
          !expect.has("message_contains")
              || String.valueOf(e.getMessage()).contains(expect.get("message_contains").asString());
      return phase && code && message ? null : "another error: " + e.getMessage();
    }

    @Override
    public String toString() {
      return id + " " + query;
    }
  }

  /** Two queries with one result. */
  record Equivalence(@Nullable String dataset, String a, String b, List<String> ids) {}

  private final JsonNode root;

  private Conformance(JsonNode root) {
    this.root = root;
  }

  static Conformance load() throws IOException {
    for (String up : List.of("..", "../..", "../../..")) {
      Path shared = Path.of(up, "shared", "conformance", "s3select-cases.json");
      if (Files.isReadable(shared)) {
        return new Conformance(JsonMapper.shared().readTree(Files.readString(shared)));
      }
    }
    try (InputStream copy = Conformance.class.getResourceAsStream("/s3select-cases.json")) {
      if (copy == null) {
        throw new IOException("no cases");
      }
      return new Conformance(JsonMapper.shared().readTree(copy));
    }
  }

  Map<String, Case> cases(Dialect dialect) {
    Map<String, Case> cases = new LinkedHashMap<>();
    for (JsonNode node : root.get("cases")) {
      Case made =
          new Case(
              node.get("id").asString(),
              node.get("query").asString(),
              data(node.get("dataset").isNull() ? null : node.get("dataset").asString()),
              options(node, dialect),
              node.get("expect"));
      cases.put(made.id(), made);
    }
    return cases;
  }

  List<Equivalence> equivalences() {
    List<Equivalence> list = new ArrayList<>();
    for (JsonNode node : root.get("equivalences")) {
      List<String> ids = new ArrayList<>();
      for (JsonNode id : node.get("case_ids")) {
        ids.add(id.asString());
      }
      JsonNode dataset = node.get("dataset");
      list.add(
          new Equivalence(
              dataset.isNull() ? null : dataset.asString(),
              node.get("query_a").asString(),
              node.get("query_b").asString(),
              ids));
    }
    return list;
  }

  byte[] data(@Nullable String dataset) {
    if (dataset == null) {
      return new byte[0];
    }
    JsonNode node = root.get("datasets").get(dataset);
    String text = node.isString() ? node.asString() : node.get("text").asString();
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static SelectOptions options(JsonNode node, Dialect dialect) {
    SelectOptions options = SelectOptions.DEFAULT.withDialect(dialect);
    JsonNode chosen = node.get("options");
    if (node.get("format").asString().equals("json")) {
      options = options.withInput(JsonInput.DOCUMENT);
    } else {
      CsvInput csv =
          CsvInput.DEFAULT.withDelimiters(
              chosen.path("input_field_delimiter").asString(","),
              chosen.path("input_record_delimiter").asString("\n"));
      options =
          options.withInput(
              csv.withHeader(
                  FileHeaderInfo.valueOf(chosen.path("file_header_info").asString("NONE"))));
    }
    return chosen.path("output").asString("csv").equals("json")
        ? options.withOutput(JsonOutput.DEFAULT)
        : options;
  }

  static String run(String query, byte[] data, SelectOptions options) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (SelectRows rows = S3Select.query(query, ObjectSource.of(data), options)) {
      rows.writeTo(out);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String shown(String text) {
    return text.length() < 200 ? text : text.substring(0, 200) + "... of " + text.length();
  }
}
