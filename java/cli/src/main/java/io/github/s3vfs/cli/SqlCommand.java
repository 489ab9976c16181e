package io.github.s3vfs.cli;

import io.github.s3vfs.S3Location;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Reader;
import java.io.StringReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs SQL. */
@Command(
    name = "sql",
    description = {
      "Run SQL: statements, a file, standard input, or what is typed.",
      "It stops at the first statement that fails, unless one is typed after the other."
    })
final class SqlCommand extends StoreCommand {
  /** SQLite has milliseconds, of 32 bits. */
  private static final int MAX_BUSY_SECONDS = Integer.MAX_VALUE / 1000;

  @Parameters(index = "0", paramLabel = "DATABASE", description = "s3://bucket/key")
  private String database = "";

  @Parameters(
      index = "1..*",
      paramLabel = "STATEMENT",
      arity = "0..*",
      description = "statements, separated by semicolons; - or none: standard input")
  private List<String> statements = List.of();

  @Option(
      names = {"-F", "--file"},
      paramLabel = "FILE",
      description = "a file with statements")
  private @Nullable Path file;

  @Option(
      names = {"-m", "--mode"},
      paramLabel = "MODE",
      description = "how rows are written: table (default), csv or json")
  private RowFormat.@Nullable Mode mode;

  @Option(names = "--read-only", description = "refuse to write")
  private boolean readOnly;

  @Option(names = "--create", description = "make the database if it is not there")
  private boolean create;

  @Option(
      names = "--at-version",
      paramLabel = "N",
      description = "read this version; layout snapshot")
  private @Nullable Long version;

  @Option(
      names = "--as-of",
      paramLabel = "INSTANT",
      description = "read what was the newest version then, as in 2026-01-31T12:00:00Z")
  private @Nullable String asOf;

  @Option(
      names = "--busy-timeout",
      paramLabel = "SECONDS",
      description = "how long to wait for other writers (3)")
  private int busySeconds = 3;

  @Override
  int run(Store store) throws SQLException, IOException {
    S3Location location = location(database);
    if (file != null && !statements.isEmpty()) {
      throw new Refusal(ExitCode.USAGE, "either statements or --file");
    }
    if (busySeconds < 0 || busySeconds > MAX_BUSY_SECONDS) {
      throw new Refusal(
          ExitCode.USAGE, "--busy-timeout " + busySeconds + " is not in 0 to " + MAX_BUSY_SECONDS);
    }
    boolean typed =
        file == null && statements.isEmpty() && io().inIsTerminal() && io().outIsTerminal();
    PrintStream out = typed ? io().out() : StandardOutput.buffered(io().out());
    try (Connection connection = store.connect(location, parameters())) {
      SqlSession session = new SqlSession(connection, out, mode());
      if (typed) {
        return new SqlShell(session, io(), location, program().quiet()).run();
      }
      try (Reader text = text()) {
        session.runAll(text);
      } finally {
        out.flush();
      }
    }
    return ExitCode.OK;
  }

  private RowFormat.Mode mode() {
    return mode != null ? mode : program().json() ? RowFormat.Mode.JSON : RowFormat.Mode.TABLE;
  }

  private Reader text() throws IOException {
    if (file != null && !file.toString().equals(STREAM)) {
      return withoutMark(Files.newBufferedReader(file));
    }
    boolean fromInput = statements.isEmpty() || statements.equals(List.of(STREAM));
    return fromInput
        ? withoutMark(new BufferedReader(new InputStreamReader(io().in(), StandardCharsets.UTF_8)))
        : new StringReader(String.join("\n;\n", statements));
  }

  /** Behind the byte order mark that some editors begin a file with. */
  private static Reader withoutMark(BufferedReader text) throws IOException {
    text.mark(1);
    if (text.read() != '\uFEFF') {
      text.reset();
    }
    return text;
  }

  private String parameters() {
    StringBuilder parameters = new StringBuilder();
    boolean past = version != null || asOf != null;
    parameters.append(readOnly || past ? "mode=ro" : create ? "mode=rwc" : "mode=rw");
    parameters.append("&busy_timeout=").append(1000L * busySeconds);
    if (version != null) {
      parameters.append("&version=").append(version);
    }
    if (asOf != null) {
      parameters.append("&as_of=").append(URLEncoder.encode(asOf, StandardCharsets.UTF_8));
    }
    return parameters.toString();
  }
}
