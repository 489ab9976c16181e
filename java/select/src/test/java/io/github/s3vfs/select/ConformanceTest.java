package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What Ceph's engine answers, in its dialect. Where the specification says that it is wrong, the
 * right answer is tested in AWS's.
 */
class ConformanceTest {
  private static final String DECIMAL = "decimal(p,s) ignores s: honour it";
  private static final String JSON = "JSON output is not valid JSON (strings unquoted): emit JSON";
  private static final String CAST =
      "cast string->int: errors \"text cannot be converted to a number\", \"extra characters after"
          + " the number\", \"converted value would fall out of the range of the result type!\"";
  private static final String STAR =
      "CSV output: FieldDelimiter, RecordDelimiter; rows end with the delimiter";

  /** A case whose expectation does not hold, the line that overrules it, and what does. */
  private record Exceptional(String id, String line, String result) {
    boolean isError() {
      return line.equals(CAST);
    }
  }

  private static final List<Exceptional> EXCEPTIONS =
      List.of(
          new Exceptional("gt/test_cast_expressions/138", DECIMAL, "1.1\n"),
          new Exceptional("gt/intcast/243", CAST, "extra characters after the number"),
          new Exceptional("gt/intcast/245", CAST, "text cannot be converted to a number"),
          new Exceptional(
              "gt/intcast/247",
              CAST,
              "converted value would fall out of the range of the result type!"),
          new Exceptional(
              "gt/intcast/249",
              CAST,
              "converted value would fall out of the range of the result type!"),
          new Exceptional("gt/caststring1/458", CAST, "extra characters after the number"),
          new Exceptional(
              "gt/json_queries/574",
              STAR,
              "Joe_2,Jackson_2,male,21,\"{\"\"streetAddress\"\":\"\"101\"\","),
          new Exceptional("gt/json_queries/575", STAR, "home2,734928_2,22\nhome3,734928_3,33\n"),
          new Exceptional("gt/json_queries_format_1/614", JSON, "{\"gender\":\"male\"}\n"),
          new Exceptional("gt/json_queries_format_1/615", JSON, "{\"streetAddress\":\"101\"}\n"),
          new Exceptional(
              "gt/json_format_csv_object/617", JSON, "{\"_1\":\"383\",\"_2\":\"886\"}\n"),
          new Exceptional("gt/json_format_csv_object/619", JSON, "{\"x\":\"383\",\"y\":\"886\"}\n"),
          new Exceptional(
              "gt/json_format_csv_object/620", JSON, "{\"_1\":\"8\"}\n{\"_1\":\"2\"}\n"),
          new Exceptional("gt/json_format_csv_object/621", JSON, "{\"x\":\"8\"}\n{\"x\":\"2\"}\n"));

  private static Conformance conformance;

  @BeforeAll
  static void load() throws IOException {
    conformance = Conformance.load();
  }

  @Test
  void allCasesButTheExceptionsHoldInCephsDialect() {
    Map<String, String> failures = new TreeMap<>();
    Map<String, Conformance.Case> cases = conformance.cases(Dialect.CEPH);
    cases.forEach(
        (id, one) -> {
          String failure = one.failure();
          if (failure != null) {
            failures.put(id, one.query() + ": " + failure);
          }
        });
    assertEquals(618, cases.size());
    List<String> ids = EXCEPTIONS.stream().map(Exceptional::id).sorted().toList();
    assertEquals(ids, new ArrayList<>(failures.keySet()), failures::toString);
  }

  @TestFactory
  Stream<DynamicTest> theExceptionsAreRightInAwsDialect() {
    Map<String, Conformance.Case> cases = conformance.cases(Dialect.AWS);
    return EXCEPTIONS.stream()
        .map(
            exceptional ->
                dynamicTest(
                    exceptional.id() + ": " + exceptional.line(),
                    () -> check(exceptional, cases.get(exceptional.id()))));
  }

  private static void check(Exceptional exceptional, Conformance.@Nullable Case one) {
    assertNotNull(one);
    if (exceptional.isError()) {
      SelectException e =
          Queries.failure(() -> Conformance.run(one.query(), one.data(), one.options()));
      assertTrue(e.getMessage().contains(exceptional.result()), e.getMessage());
      assertEquals("CastFailed", e.code());
      return;
    }
    String result = Conformance.run(one.query(), one.data(), one.options());
    assertTrue(result.startsWith(exceptional.result()), result);
  }

  /** Two columns with a comma between them are as one with a comma in it. */
  private static SelectOptions unquoted(SelectOptions options) {
    return options.output() instanceof CsvOutput csv
        ? options.withOutput(csv.withQuoteFields(QuoteFields.NEVER))
        : options;
  }

  @Test
  void equivalentQueriesHaveTheSameResult() {
    List<Conformance.Equivalence> equivalences = conformance.equivalences();
    assertEquals(114, equivalences.size());
    for (Dialect dialect : Dialect.values()) {
      Map<String, Conformance.Case> cases = conformance.cases(dialect);
      for (Conformance.Equivalence equivalence : equivalences) {
        List<String> results = new ArrayList<>();
        for (String id : equivalence.ids()) {
          Conformance.Case one = cases.get(id);
          assertNotNull(one);
          results.add(Conformance.run(one.query(), one.data(), unquoted(one.options())));
        }
        assertEquals(2, results.size());
        assertEquals(results.get(0), results.get(1), equivalence.a() + "\n" + equivalence.b());
      }
    }
  }
}
