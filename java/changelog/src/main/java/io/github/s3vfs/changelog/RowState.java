package io.github.s3vfs.changelog;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a reader has told of: hashes in memory, values in a file. Not thread-safe.
 *
 * <p>A batch is in a state that has a directory before it is handed out. So the next reader can
 * tell of it again as it was, if it was not saved: what the table has by then may be what it had
 * before the batch, and nobody would take back what was done with it.
 *
 * <p>A row is the key's two words, and its bytes: those of {@link RowBytes}.
 */
final class RowState implements Closeable {
  /** So much of the file may be of no use, and as much as is of use. */
  private static final long GARBAGE = 32 << 20;

  private final StateFile file;
  private final RowTable table = new RowTable();
  private final StateMark mark;
  private final SipHash hash;
  private StateLog log;

  /** Whether the rows are not in the log where the table says. */
  private boolean isBroken;

  /** Where the records begin that are told of again where the state is not saved. */
  private long told;

  /** From here on to there, records of the reader before are to be told of again. */
  private long again;

  private final long againEnd;

  /** The records before it were handed out. */
  private long handedOut;

  /** Whether what was handed out last was the end of a look. */
  private boolean isWhole;

  private long live;
  private long saved;
  private int generation;
  private int longest;

  private RowState(StateFile file, StateMark mark, StateReplay.Found found) throws IOException {
    this.file = file;
    this.mark = mark;
    this.hash = new SipHash(mark.key0(), mark.key1());
    this.told = mark.told();
    this.again = told;
    this.againEnd = found.end();
    this.handedOut = found.end();
    this.isWhole = mark.complete();
    long[] rows = {0};
    StateReplay.run(
        file.path(),
        told,
        (kind, high, low, content, place) -> {
          replay(kind, high, low, content, place);
          if (kind == StateLog.PUT) {
            rows[0]++;
            live += StateLog.HEADER + content.length;
          }
        });
    if (rows[0] > table.size()) {
      StateReplay.run(
          file.path(),
          told,
          (kind, high, low, content, place) -> {
            if (kind == StateLog.PUT && !isLive(high, low, place)) {
              live -= StateLog.HEADER + content.length;
            }
          });
    }
    this.saved = found.end();
    this.log = file.log(found.end());
  }

  /**
   * Opens a state.
   *
   * @param directory where it is kept; null for a temporary one
   * @param from an earlier one, to begin with; null for none
   * @param reader says which table and schema it is of
   */
  static RowState open(@Nullable Path directory, @Nullable InputStream from, String reader) {
    StateFile file = null;
    try {
      file = StateFile.open(directory, from);
      StateReplay.Found found = found(file.path());
      byte[] bytes = found.mark();
      if (bytes == null && from != null) {
        throw new ChangelogException(Kind.STATE_CORRUPT, List.of(), "the state has no end");
      }
      StateMark mark = bytes == null ? fresh(reader) : StateMark.decode(bytes);
      if (!mark.reader().equals(reader)) {
        throw new ChangelogException(
            Kind.STATE_MISMATCH,
            List.of(),
            "the state is of " + mark.reader() + ", and not of " + reader);
      }
      return new RowState(file, mark, found);
    } catch (IOException | ChangelogException e) {
      if (file != null) {
        file.closeAfter(e);
      }
      throw e instanceof ChangelogException c ? c : failed((IOException) e);
    }
  }

  private static StateReplay.Found found(Path file) throws IOException {
    try {
      return StateReplay.find(file);
    } catch (IOException e) {
      throw new ChangelogException(Kind.STATE_CORRUPT, List.of(), String.valueOf(e), e);
    }
  }

  private static StateMark fresh(String reader) {
    SecureRandom random = new SecureRandom();
    return new StateMark(reader, random.nextLong(), random.nextLong(), "", -1, 0, true);
  }

  static ChangelogException failed(IOException e) {
    return new ChangelogException(Kind.STATE_FAILED, List.of(), "the state: " + e, e);
  }

  private void replay(char kind, long high, long low, byte[] content, long place) {
    boolean known = table.find(high, low);
    if (kind == StateLog.PUT) {
      long values = hash.hash(content, content.length);
      longest = Math.max(longest, content.length);
      if (known) {
        table.set(values, place, 0);
      } else {
        table.insert(high, low, values, place, 0);
      }
    } else if (known) {
      table.remove(high);
    }
  }

  /** Whether a record is that of the row that there is. */
  private boolean isLive(long high, long low, long place) {
    return table.find(high, low) && table.place() == place;
  }

  /** Whether there may be something that is to be told of again, before anything else. */
  boolean isBehind() {
    return again < againEnd;
  }

  /**
   * Tells of a batch again that was handed out and not saved, or of a part of it.
   *
   * @param out gets none if there is nothing more
   * @param most the most changes
   * @return the mark at its end; null if that was not reached
   */
  @Nullable StateMark tellAgain(RowCodec codec, List<Change> out, int most) throws IOException {
    while (again < againEnd) {
      byte[] header = log().header(again);
      boolean isMark = header[0] == StateLog.MARK;
      if (!isMark && out.size() + 2 > most) {
        isWhole = false;
        return null;
      }
      byte[] content = log().read(again);
      if (!isMark) {
        tellAgain(codec, header, content, out);
      }
      again += StateLog.HEADER + content.length;
      if (isMark) {
        StateMark end = StateMark.decode(content);
        isWhole = end.complete();
        if (!out.isEmpty()) {
          return end;
        }
      }
    }
    return null;
  }

  private void tellAgain(RowCodec codec, byte[] header, byte[] content, List<Change> out)
      throws IOException {
    long high = StateLog.longAt(header, 5);
    long low = StateLog.longAt(header, 13);
    byte[] old = table.find(high, low) ? log().read(table.place()) : null;
    replay((char) header[0], high, low, content, again);
    live -= old == null ? 0 : StateLog.HEADER + old.length;
    if (header[0] == StateLog.PUT) {
      live += StateLog.HEADER + content.length;
      if (old == null) {
        out.add(codec.change(Change.Kind.INSERT, content));
      } else {
        codec.update(old, content, out);
      }
    } else if (old != null) {
      out.add(codec.change(Change.Kind.DELETE, old));
    }
  }

  /** What the state is of, and how far it goes. */
  StateMark mark() {
    return mark;
  }

  SipHash hash() {
    return hash;
  }

  /** The rows; to be looked at only. */
  RowTable table() {
    return table;
  }

  /** How many bytes the longest row has or had. */
  int longestRow() {
    return longest;
  }

  /** The size of its file. */
  long fileBytes() {
    return log.end();
  }

  /** The number of the look at the table that is under way. */
  int generation() {
    return generation;
  }

  /** Begins another look at the table. */
  void nextGeneration() {
    generation++;
    if (generation == RowTable.GENERATIONS) {
      table.forgetGenerations();
      generation = 1;
    }
  }

  /** A row was seen that was not found in the table just now. */
  void insert(long high, long low, long values, RowBytes row) throws IOException {
    table.insert(high, low, values, added(high, low, row), generation);
  }

  /** A row was seen whose key cannot be in the table. */
  void append(long high, long low, long values, RowBytes row) throws IOException {
    table.append(high, low, values, added(high, low, row), generation);
  }

  private long added(long high, long low, RowBytes row) throws IOException {
    long place = log().add(StateLog.PUT, high, low, row.bytes(), row.length());
    live += StateLog.HEADER + row.length();
    longest = Math.max(longest, row.length());
    return place;
  }

  /** The row that was found in the table just now was seen, with other values. Answers the old. */
  byte[] replace(long high, long low, long values, RowBytes row) throws IOException {
    byte[] old = log().read(table.place());
    long place = log().add(StateLog.PUT, high, low, row.bytes(), row.length());
    live += row.length() - old.length;
    longest = Math.max(longest, row.length());
    table.set(values, place, generation);
    return old;
  }

  /** The row that was found in the table just now was seen as it was. */
  void seen() {
    table.set(table.hash(), table.place(), generation);
  }

  /** A row that was not seen is gone. Answers its bytes. */
  byte[] remove(RowTable.Key key) throws IOException {
    if (!table.find(key.high(), key.low())) {
      throw new IllegalStateException("the row is not there");
    }
    byte[] old = log().read(table.place());
    long unused = log().add(StateLog.DELETE, key.high(), key.low(), old, 0);
    live -= StateLog.HEADER + old.length;
    table.remove(key.high());
    return old;
  }

  /** A batch is about to be handed out: without {@link #save}, it is told of again. */
  void handOut(String database, long version, ChangeBatch batch) throws IOException {
    boolean changes = !batch.isEmpty() || (batch.complete() && !isWhole);
    if (file.isKept() && changes) {
      log().mark(mark.at(database, version, told, batch.complete()).encode());
    }
    handedOut = log().end();
    isWhole = changes ? batch.complete() : isWhole;
  }

  /** Whether what was handed out makes the table as it was at one moment. */
  boolean isWhole() {
    return isWhole;
  }

  /** Saves it: what was handed out is not told of again. */
  void save(String database, long version) throws IOException {
    long now = isBehind() ? again : handedOut;
    boolean isAll = now == log().end();
    log().mark(mark.at(database, version, now, isWhole).encode());
    told = now;
    saved = log().end();
    if (isAll) {
      handedOut = saved;
    }
    if (isAll && isMostlyGarbage()) {
      compact(database, version);
    }
  }

  /** Makes a temporary one smaller, if that is worth it. */
  void tidy() throws IOException {
    if (!file.isKept() && isMostlyGarbage()) {
      compact("", -1);
    }
  }

  private boolean isMostlyGarbage() {
    long garbage = log.end() - live;
    return garbage > GARBAGE && garbage > live;
  }

  /**
   * Copies what is of use into a new file. Until that has replaced the old one, all is as it was.
   */
  private void compact(String database, long version) throws IOException {
    StateLog old = log();
    old.mark(mark.at(database, version, old.end(), isWhole).encode());
    long before = old.end();
    long rows;
    long end;
    try (StateLog copy = new StateLog(file.next(), 0)) {
      StateReplay.run(
          file.path(),
          before,
          (kind, high, low, row, place) -> {
            if (kind == StateLog.PUT && isLive(high, low, place)) {
              long unused = copy.add(StateLog.PUT, high, low, row, row.length);
            }
          });
      rows = copy.end();
      copy.mark(mark.at(database, version, rows, isWhole).encode());
      end = copy.end();
    } catch (IOException e) {
      file.dropNext(e);
      throw e;
    }
    isBroken = true; // until the rows are where the table says, in whichever file
    old.close();
    try {
      file.replace();
    } catch (IOException e) {
      file.dropNext(e);
      log = file.log(before);
      isBroken = false;
      throw e;
    }
    log = file.log(end);
    StateReplay.run(
        file.path(),
        end,
        (kind, high, low, row, place) -> {
          if (table.find(high, low)) {
            table.set(table.hash(), place, table.generation());
          }
        });
    isBroken = false;
    told = rows;
    saved = end;
    handedOut = end;
  }

  /** The log, to be read or written. */
  private StateLog log() throws IOException {
    if (isBroken) {
      throw new IOException("replacing the file has failed: open a new reader");
    }
    return log;
  }

  /** Copies what was saved. */
  void copyTo(OutputStream out) throws IOException {
    try (InputStream in = Files.newInputStream(file.path())) {
      byte[] part = new byte[1 << 16];
      long left = saved;
      while (left > 0) {
        int count = in.read(part, 0, (int) Math.min(part.length, left));
        if (count < 0) {
          throw new IOException("the state's file has become shorter");
        }
        out.write(part, 0, count);
        left -= count;
      }
    }
  }

  @Override
  public void close() throws IOException {
    try (file) {
      log.close();
    }
  }
}
