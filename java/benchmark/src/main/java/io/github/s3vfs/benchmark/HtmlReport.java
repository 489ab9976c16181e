package io.github.s3vfs.benchmark;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A report as one page of HTML that needs nothing else: no network, no scripts; it fits wide
 * windows and phones.
 */
final class HtmlReport {
  private final Report report;
  private final StringBuilder page = new StringBuilder();

  HtmlReport(Report report) {
    this.report = report;
  }

  /** Writes the page into a file, and answers where that is. */
  Path write(Path directory, String name) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(name).toAbsolutePath().normalize();
    Files.writeString(file, html());
    return file;
  }

  private String html() throws IOException {
    page.setLength(0);
    page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .append("<title>sqlite-s3vfs: benchmark</title>\n<style>\n")
        .append(style())
        .append("</style>\n</head>\n<body>\n<main>\n<h1>sqlite-s3vfs: benchmark</h1>\n");
    String now =
        ZonedDateTime.now(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm"));
    page.append("<p class=\"when\">").append(now).append(" UTC. Values are medians; ranges");
    page.append(" are the smallest and the largest.</p>\n");
    summary();
    settings();
    charts();
    tables();
    return page.append("</main>\n</body>\n</html>\n").toString();
  }

  private static String style() throws IOException {
    try (InputStream css =
        Objects.requireNonNull(HtmlReport.class.getResourceAsStream("report.css"))) {
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void summary() {
    List<BenchmarkResult> targets =
        report.results().stream().filter(result -> result.met() != null).toList();
    List<BenchmarkResult> missed =
        targets.stream().filter(result -> Boolean.FALSE.equals(result.met())).toList();
    if (targets.isEmpty()) {
      return;
    }
    page.append("<p class=\"summary\"><strong>")
        .append(targets.size() - missed.size())
        .append(" of ")
        .append(targets.size())
        .append(" targets met.</strong></p>\n");
    if (!missed.isEmpty()) {
      page.append("<h2>Not met</h2>\n");
      table(missed, true);
    }
  }

  private void settings() {
    page.append("<details open>\n<summary>Machine and settings</summary>\n<dl>\n");
    report
        .settings()
        .forEach(
            (name, value) ->
                page.append("<div><dt>")
                    .append(escaped(name))
                    .append("</dt><dd>")
                    .append(escaped(value))
                    .append("</dd></div>\n"));
    page.append("</dl>\n</details>\n");
  }

  private void charts() throws IOException {
    List<Chart> charts = Charts.of(report.results());
    if (charts.isEmpty()) {
      return;
    }
    page.append("<h2>Charts</h2>\n<div class=\"charts\">\n");
    for (Chart chart : charts) {
      page.append("<figure>\n<figcaption>")
          .append(escaped(chart.title()))
          .append(", ")
          .append(escaped(chart.unit()))
          .append("</figcaption>\n")
          .append(SvgDrawing.draw(chart))
          .append("\n</figure>\n");
    }
    page.append("</div>\n");
  }

  private void tables() {
    Map<String, List<BenchmarkResult>> scenarios = new LinkedHashMap<>();
    for (BenchmarkResult result : report.results()) {
      scenarios.computeIfAbsent(result.scenario(), name -> new java.util.ArrayList<>()).add(result);
    }
    scenarios.forEach(
        (name, results) -> {
          page.append("<h2>").append(escaped(name)).append("</h2>\n");
          table(results, false);
        });
  }

  private void table(List<BenchmarkResult> results, boolean scenario) {
    page.append("<table>\n<thead><tr><th>Measure</th><th>Layout</th><th>Value</th>")
        .append("<th>Range</th><th>Target</th><th></th></tr></thead>\n<tbody>\n");
    for (BenchmarkResult result : results) {
      String measure = (scenario ? result.scenario() + ": " : "") + result.measure();
      page.append("<tr>");
      cell("measure", measure);
      cell("layout", result.layout());
      cell("value", result.number() + " " + result.unit());
      cell("range", result.range());
      cell("target", result.target() == null ? "" : result.target());
      cell(result.verdict().replace(' ', '-') + " verdict", result.verdict());
      page.append("</tr>\n");
    }
    page.append("</tbody>\n</table>\n");
  }

  private void cell(String kind, String text) {
    page.append("<td class=\"").append(kind).append("\">").append(escaped(text)).append("</td>");
  }

  /** Text for HTML, and for values of attributes in quotation marks. */
  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
