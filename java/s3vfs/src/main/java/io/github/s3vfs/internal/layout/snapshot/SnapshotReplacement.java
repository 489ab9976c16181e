package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.DatabaseHeader;
import io.github.s3vfs.internal.store.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;

/** Replaces the whole database by one commit: readers see the old file or the new one. */
final class SnapshotReplacement {
  private static final int PAGES_AT_ONCE = 256;

  /** How many bytes of pages wait at most until all others are stored. */
  private static final int WAITING_BYTES = 4 << 20;

  private final SnapshotVolume volume;

  SnapshotReplacement(SnapshotVolume volume) {
    this.volume = volume;
  }

  /**
   * @param content a SQLite database in rollback mode
   * @param mustBeNew whether it is refused if there is a database already
   * @param moves whether it comes from another layout, in which it still is
   * @throws S3VfsException {@code BUSY} while another process writes; {@code CONFLICT} if another
   *     process has written meanwhile
   */
  void replace(InputStream content, boolean mustBeNew, boolean moves) throws IOException {
    NewestVersion.Version base = mustBeNew ? volume.read(volume.nanoTime()) : base();
    if (mustBeNew && base.snapshot().record().version() > 0) {
      throw volume.kept().alreadyThere();
    }
    if (!volume.commits().begin(base, moves)) {
      throw new S3VfsException(ErrorKind.BUSY, volume.location() + ": another process is writing");
    }
    boolean done = false;
    try {
      byte[] start = content.readNBytes(DatabaseHeader.LENGTH);
      DatabaseHeader header = DatabaseHeader.parse(start, "the input");
      Pages pages = new Pages(content, header.pageSize(), start);
      volume.commits().publish(header.pageSize(), null, pages);
      done = true;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      if (!done) {
        Await.undisturbed(volume.commits()::release);
      }
    }
  }

  /** What there is; a damaged database makes room for a new one. */
  private NewestVersion.Version base() {
    try {
      return volume.read(volume.nanoTime());
    } catch (S3VfsException e) {
      if (e.kind() != ErrorKind.CORRUPT) {
        throw e;
      }
      boolean unused = volume.delete();
      return volume.read(volume.nanoTime());
    }
  }

  /** The pages of the input. */
  private final class Pages implements Commits.Storing {
    private final InputStream content;
    private final int pageSize;
    private byte[] start;
    private long read;

    Pages(InputStream content, int pageSize, byte[] start) {
      this.content = content;
      this.pageSize = pageSize;
      this.start = start;
    }

    @Override
    public SnapshotUpload.Change store(SnapshotUpload upload) {
      if (read > 0) {
        throw new S3VfsException(
            ErrorKind.CONFLICT,
            volume.location()
                + ": old versions were collected while the input was stored; try again");
      }
      HotPages hot = new HotPages();
      Map<Long, byte[]> waiting = new HashMap<>();
      byte[][] some = some();
      while (some.length > 0) {
        long first = read - some.length + 1;
        byte[][] now = some;
        long[] rest =
            LongStream.range(first, first + some.length)
                .filter(
                    page -> {
                      byte[] bytes = now[(int) (page - first)];
                      boolean waits = hot.add(page, ByteBuffer.wrap(bytes));
                      if (waits) {
                        waiting.put(page, bytes);
                      }
                      return !waits;
                    })
                .toArray();
        upload.pages(rest, page -> now[(int) (page - first)]);
        if (waiting.size() * (long) pageSize > WAITING_BYTES) {
          store(upload, hot.lower(), waiting);
        }
        some = some();
      }
      // Together, and near the map: a reader begins with them.
      store(upload, hot.upper(), waiting);
      store(upload, hot.lower(), waiting);
      return new SnapshotUpload.Change(read, true, 0, hot.byNeed());
    }

    /** Stores those pages that have waited. */
    private static void store(SnapshotUpload upload, long[] pages, Map<Long, byte[]> waiting) {
      upload.pages(LongStream.of(pages).filter(waiting::containsKey).toArray(), waiting::get);
      LongStream.of(pages).forEach(waiting::remove);
    }

    @Override
    public boolean outcomeMustBeKnown() {
      return true;
    }

    @Override
    public void failed(SnapshotUpload upload) {
      volume.commits().undo(upload::undo);
    }

    /** Some of the next pages; none at the end. */
    byte[][] some() {
      byte[][] pages = new byte[PAGES_AT_ONCE][];
      int count = 0;
      while (count < PAGES_AT_ONCE) {
        byte[] page = page();
        if (page.length == 0) {
          break;
        }
        pages[count++] = page;
      }
      return Arrays.copyOf(pages, count);
    }

    private byte[] page() {
      try {
        byte[] page = Arrays.copyOf(start, pageSize);
        int length = start.length + content.readNBytes(page, start.length, pageSize - start.length);
        start = new byte[0];
        if (length > 0) {
          read++;
        }
        return length == 0 ? start : page;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
