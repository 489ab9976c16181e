package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.internal.vfs.MemoryVfs;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A connection whose requests may fail, and what its transaction must see and may leave. */
final class ModelledConnection {

  /** A query, and its result for each content. */
  record Query(String sql, Function<SortedMap<Integer, String>, String> result) {
    static Query any(Random random) {
      return switch (random.nextInt(3)) {
        case 0 -> all();
        case 1 -> row(1 + random.nextInt(80));
        default -> ofIndex(Character.toString('a' + random.nextInt(26)));
      };
    }

    /** Everything. */
    static Query all() {
      return new Query(
          "SELECT id, v FROM t ORDER BY id",
          rows -> {
            List<List<String>> all = new ArrayList<>();
            rows.forEach((id, v) -> all.add(List.of(id + "", v)));
            return all + "";
          });
    }

    static Query row(int id) {
      return new Query(
          "SELECT v FROM t WHERE id = " + id,
          rows -> rows.containsKey(id) ? List.of(List.of(rows.get(id))) + "" : "[]");
    }

    /** One that the index answers. */
    static Query ofIndex(String from) {
      return new Query(
          "SELECT v FROM t WHERE v > '" + from + "' ORDER BY v",
          rows ->
              rows.values().stream()
                      .filter(v -> v.compareTo(from) > 0)
                      .sorted()
                      .map(List::of)
                      .toList()
                  + "");
    }
  }

  /** A content as the transaction found it, and as it is now. */
  private record Content(SortedMap<Integer, String> base, SortedMap<Integer, String> now) {}

  private final String name;
  private final MemoryVfs vfs;
  private final FaultRun run;
  private final AllowedContents allowed;
  private Connection connection;
  private boolean inTransaction;

  /** From the first statement of a transaction on: what it may have found. */
  private @Nullable List<Content> seen;

  private int versionThen;
  private boolean wrote;

  /** Whether another process has stored something since this transaction began to read. */
  private boolean overtaken;

  /** When the version that this transaction reads was replaced. */
  private @Nullable Instant replacedAt;

  /** Whether SQLite has left a statement half done: it refuses to commit that, but reads it. */
  private boolean isHalfDone;

  /** Whether a statement of this transaction has failed. */
  private boolean failed;

  ModelledConnection(
      String name, MemoryVfs vfs, FaultRun run, AllowedContents allowed, Connection connection) {
    this.name = name;
    this.vfs = vfs;
    this.run = run;
    this.allowed = allowed;
    this.connection = connection;
  }

  MemoryVfs vfs() {
    return vfs;
  }

  Connection connection() {
    return connection;
  }

  void replace(Connection by) {
    assertFalse(inTransaction, this + " is in a transaction");
    connection = by;
  }

  boolean isInTransaction() {
    return inTransaction;
  }

  /** Whether it has the right to write. */
  boolean isWriting() {
    return wrote;
  }

  boolean isOvertaken() {
    return overtaken;
  }

  /** Whether its transaction has read something. */
  boolean hasRead() {
    return seen != null;
  }

  boolean hasFailed() {
    return failed;
  }

  /** Another process has stored something. */
  void othersStored() {
    overtaken |= seen != null;
  }

  /** There is a new version. */
  void replaced(Instant now) {
    if (seen != null && replacedAt == null) {
      replacedAt = now;
    }
  }

  /** When the version that its transaction reads was replaced, or null. */
  @Nullable Instant replacedAt() {
    return replacedAt;
  }

  void begin(boolean immediate) throws SQLException {
    Outcome outcome = execute(immediate ? "BEGIN IMMEDIATE" : "BEGIN");
    if (outcome == Outcome.DONE) {
      inTransaction = true;
      if (immediate) {
        writes();
      }
    } else {
      assertFalse(isStillInTransaction(), this + " has failed to begin");
    }
  }

  /** Changes the table, in the transaction if there is one. */
  void change(RandomChange change) throws SQLException {
    Outcome outcome = execute(change.sql());
    if (inTransaction) {
      if (outcome == Outcome.DONE) {
        writes();
        seen = seen().stream().map(c -> new Content(c.base(), change.applyTo(c.now()))).toList();
      } else {
        afterFailure();
      }
    } else {
      commit(outcome, AllowedContents.changed(allowed.all(), change::applyTo));
    }
  }

  private void commit(Outcome outcome, List<SortedMap<Integer, String>> after) {
    switch (outcome) {
      case DONE -> allowed.becomeOneOf(after);
      case FAILED -> allowed.mayBecomeOneOf(after);
      case BUSY -> {}
    }
  }

  /** The transaction has the right to write: nobody has changed what it has read. */
  private void writes() {
    begun();
    if (!wrote) {
      wrote = true;
      List<SortedMap<Integer, String>> possible = allowed.all();
      List<Content> current = seen().stream().filter(c -> possible.contains(c.base())).toList();
      assertFalse(current.isEmpty(), this + " writes upon what is not stored any more");
      seen = current;
      allowed.only(current.stream().map(Content::base).toList());
    }
  }

  private void begun() {
    if (seen == null) {
      seen = allowed.all().stream().map(content -> new Content(content, content)).toList();
      versionThen = run.isCertain() ? allowed.version() : -1;
    }
  }

  private List<Content> seen() {
    return seen == null ? List.of() : seen;
  }

  /** Reads, and compares with what may be there. */
  Outcome read(Query query) throws SQLException {
    String[] result = new String[1];
    Outcome outcome =
        run.attempt(
            this, query.sql(), () -> result[0] = Sql.rows(connection, query.sql()).toString());
    if (outcome != Outcome.DONE) {
      failed |= inTransaction && outcome == Outcome.FAILED;
      if (inTransaction) {
        afterFailure();
      }
    } else if (!inTransaction) {
      var found = AllowedContents.giving(allowed.all(), query.result(), result[0]);
      if (run.isCertain()) {
        allowed.only(found);
      }
    } else {
      begun();
      // Where there is no snapshot between processes an overtaken reader may see anything.
      if (!overtaken || run.isolatesReaders()) {
        seen = AllowedContents.giving(seen(), c -> query.result().apply(c.now()), result[0]);
        if (versionThen == allowed.version() && run.isCertain()) {
          allowed.only(seen().stream().map(Content::base).toList());
        }
      }
    }
    return outcome;
  }

  void commit() throws SQLException {
    Outcome outcome = execute("COMMIT");
    if (wrote) {
      commit(outcome, seen().stream().map(Content::now).toList());
    }
    if (outcome == Outcome.DONE) {
      end();
    } else if (!isStillInTransaction()) {
      assertTrue(
          outcome == Outcome.FAILED || run.isolatesReaders(),
          this + ": BUSY has ended the transaction");
      end();
    } else if (outcome == Outcome.FAILED || run.coin()) {
      rollBack();
    }
  }

  void rollBack() throws SQLException {
    Outcome outcome = execute("ROLLBACK");
    if (outcome != Outcome.DONE) {
      assertFalse(isStillInTransaction(), this + " cannot be rolled back");
    }
    end();
  }

  /** A statement of the transaction has failed; it may go on if SQLite has not ended it. */
  private void afterFailure() throws SQLException {
    if (!isStillInTransaction()) {
      end();
    } else if (seen == null || isHalfDone || (overtaken && !run.isolatesReaders()) || run.coin()) {
      rollBack();
    }
  }

  private void end() {
    inTransaction = false;
    seen = null;
    wrote = false;
    overtaken = false;
    replacedAt = null;
    failed = false;
    isHalfDone = false;
  }

  private Outcome execute(String sql) throws SQLException {
    Outcome outcome = run.attempt(this, sql, () -> executeNow(sql));
    failed |= inTransaction && outcome == Outcome.FAILED;
    return outcome;
  }

  private void executeNow(String sql) throws SQLException {
    try {
      Sql.execute(connection, sql);
    } catch (SQLException e) {
      isHalfDone |= inTransaction && Outcome.isDamage(e);
      throw e;
    }
  }

  /** Asks SQLite, without a request. */
  private boolean isStillInTransaction() throws SQLException {
    try {
      Sql.execute(connection, "BEGIN");
    } catch (SQLException e) {
      assertTrue(String.valueOf(e.getMessage()).contains("within a transaction"), e.getMessage());
      return true;
    }
    Sql.execute(connection, "ROLLBACK");
    return false;
  }

  @Override
  public String toString() {
    return name;
  }
}
