package io.github.s3vfs.cli;

import io.github.s3vfs.csv.CsvFormat;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Option;

/** What a CSV file looks like. */
final class CsvOptions {
  @Option(
      names = "--delimiter",
      paramLabel = "CHAR",
      description = "between fields: a character, or 'tab' (comma)")
  private String delimiter = ",";

  @Option(names = "--quote", paramLabel = "CHAR", description = "around fields (double quotes)")
  private char quote = '"';

  @Option(names = "--charset", paramLabel = "NAME", description = "of the file (UTF-8)")
  private Charset charset = StandardCharsets.UTF_8;

  @Option(
      names = "--null",
      paramLabel = "TEXT",
      description = "how NULL is written (an empty field)")
  private String nullText = "";

  CsvFormat format() {
    String between = delimiter.equals("tab") || delimiter.equals("\\t") ? "\t" : delimiter;
    if (between.length() != 1) {
      throw new Refusal(ExitCode.USAGE, "--delimiter '" + delimiter + "' is not one character");
    }
    return CsvFormat.DEFAULT
        .withDelimiter(between.charAt(0))
        .withQuote(quote)
        .withCharset(charset)
        .withNullText(nullText);
  }
}
