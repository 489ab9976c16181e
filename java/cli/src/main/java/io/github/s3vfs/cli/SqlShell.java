package io.github.s3vfs.cli;

import io.github.s3vfs.S3Location;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * SQL that is typed, one statement after the other, with history and completion. Ctrl-C stops the
 * statement that runs, or forgets what was typed; Ctrl-D ends it.
 */
final class SqlShell {
  private static final String PROMPT = "s3vfs> ";
  private static final String HISTORY = ".s3vfs_history";

  private final SqlSession session;
  private final Io io;
  private final S3Location location;
  private final boolean quiet;
  private final TreeSet<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
  private boolean namesAreStale = true;

  SqlShell(SqlSession session, Io io, S3Location location, boolean quiet) {
    this.session = session;
    this.io = io;
    this.location = location;
    this.quiet = quiet;
  }

  /** Runs until the user ends it. */
  int run() throws IOException {
    try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
      Thread reader = Thread.currentThread();
      terminal.handle(
          Terminal.Signal.INT,
          signal -> {
            session.cancel();
            reader.interrupt();
          });
      LineReader lines =
          LineReaderBuilder.builder()
              .terminal(terminal)
              .parser(new Statements())
              .completer(completer())
              .variable(LineReader.HISTORY_FILE, history())
              .variable(LineReader.SECONDARY_PROMPT_PATTERN, "  ...> ")
              .variable(LineReader.INDENTATION, 0)
              .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
              .option(LineReader.Option.HISTORY_TIMESTAMPED, false)
              .build();
      if (!quiet) {
        io.out().println(location + "; .help lists commands, Ctrl-D ends");
      }
      while (true) {
        try {
          if (!run(lines.readLine(PROMPT))) {
            boolean unused = Thread.interrupted(); // what follows is no part of a statement
            return ExitCode.OK;
          }
        } catch (UserInterruptException e) {
          if (io.ending().getAsBoolean()) {
            return ExitCode.INTERRUPTED;
          } // else what was typed is forgotten
        } catch (EndOfFileException e) {
          return ExitCode.OK;
        }
      }
    }
  }

  /** The file that keeps what was typed; nowhere if there is no home. */
  private Path history() {
    String named = io.environment().get("S3VFS_HISTORY");
    return named != null ? Path.of(named) : Path.of(System.getProperty("user.home", "."), HISTORY);
  }

  private boolean run(String text) {
    try {
      if (text.strip().startsWith(".")) {
        return session.runMeta(text.strip());
      }
      StatementSplitter splitter = new StatementSplitter();
      splitter.add(text);
      List<String> all = new ArrayList<>();
      for (String each = splitter.next(); each != null; each = splitter.next()) {
        all.add(each);
      }
      for (String each : all) {
        namesAreStale = true;
        long unused = session.run(each);
      }
    } catch (SQLException | IOException | RuntimeException e) {
      boolean interrupted = Thread.interrupted();
      io.out().flush();
      io.err().println(interrupted ? "interrupted" : "error: " + Failure.of(e).message());
    }
    boolean unused = Thread.interrupted(); // came when the statement was over
    return true;
  }

  private Completer completer() {
    return (reader, line, candidates) -> {
      complete(line.word(), line.line().strip().startsWith("."), candidates);
    };
  }

  private void complete(String word, boolean meta, List<Candidate> candidates) {
    if (meta && word.startsWith(".")) {
      List.of(".tables", ".schema", ".mode", ".help", ".quit")
          .forEach(each -> candidates.add(new Candidate(each)));
      return;
    }
    if (namesAreStale) {
      refreshNames();
    }
    names.forEach(each -> candidates.add(new Candidate(each)));
    boolean lower = !word.isEmpty() && Character.isLowerCase(word.charAt(0));
    for (String each : SqlWords.ALL) {
      candidates.add(new Candidate(lower ? each.toLowerCase(java.util.Locale.ROOT) : each));
    }
  }

  private void refreshNames() {
    try {
      List<String> now = session.completions();
      names.clear();
      names.addAll(now);
      namesAreStale = false;
    } catch (SQLException e) {
      names.clear(); // keywords are left
    }
  }

  /** A line is over when its statements are. */
  private static final class Statements extends DefaultParser {
    Statements() {
      setQuoteChars(new char[0]);
      setEscapeChars(new char[0]);
    }

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
      if (context == ParseContext.ACCEPT_LINE && !line.strip().startsWith(".")) {
        StatementSplitter splitter = new StatementSplitter();
        splitter.add(line);
        if (!splitter.isBlank()) {
          throw new EOFError(-1, cursor, "the statement goes on");
        }
      }
      return super.parse(line, cursor, context);
    }
  }
}
