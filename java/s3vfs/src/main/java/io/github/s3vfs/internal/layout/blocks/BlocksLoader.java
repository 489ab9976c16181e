package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.DatabaseHeader;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.Listed;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what is stored. The length comes from the header in block 0 where that can be trusted;
 * from a LIST where there is a journal that may be hot, no block 0, a header that an old or
 * careless writer left (its size or version-valid-for do not match), or blocks shorter than a
 * header.
 */
final class BlocksLoader {
  private final S3Location location;
  private final BlockObjects objects;
  private final BlocksJournal journal;
  private final BlocksSettings settings;

  /** Whether the last listing had the head of the layout {@code snapshot}. */
  private volatile boolean sawHead;

  BlocksLoader(
      S3Location location, BlockObjects objects, BlocksJournal journal, BlocksSettings settings) {
    this.location = location;
    this.objects = objects;
    this.journal = journal;
    this.settings = settings;
  }

  /**
   * What is stored, as it is being asked.
   *
   * @param before what was known
   * @param thorough whether the database is listed in any case
   * @param block0 the answer
   * @param journal the answer, or null if it is asked for only where block 0 has changed
   * @param proven whether what was read since the last look is still stored as it was read
   */
  record Questions(
      BlocksState before,
      boolean thorough,
      CompletableFuture<Fetched> block0,
      @Nullable CompletableFuture<List<Listed>> journal,
      CompletableFuture<Boolean> proven) {}

  /** Whether the last listing of the database had the head of the layout {@code snapshot}. */
  boolean sawHead() {
    return sawHead;
  }

  /** Starts to ask whether block 0 is still the one that was known. */
  Questions askBlock0(BlocksState before) {
    boolean known = before.isOfOneVersion() && objects.has(0, before.etag());
    return new Questions(
        before,
        false,
        objects.get(0, known ? Condition.ifNoneMatch(before.etag()) : Condition.NONE),
        null,
        CompletableFuture.completedFuture(true));
  }

  /**
   * Starts to ask what is stored.
   *
   * @param thorough whether a writer has died, so that there may be blocks behind the end
   */
  Questions ask(BlocksState before, boolean thorough) {
    boolean known =
        !thorough
            && !before.recovering()
            && !before.etag().isEmpty()
            && objects.has(0, before.etag());
    return new Questions(
        before,
        thorough,
        objects.get(0, known ? Condition.ifNoneMatch(before.etag()) : Condition.NONE),
        journal.list(),
        objects.prove());
  }

  /** Whether the answers are enough: if only block 0 was asked for, whether it is the same. */
  boolean isEnough(Questions questions) {
    BlocksState before = questions.before();
    if (questions.journal() != null) {
      return true;
    }
    Fetched first = block0(questions);
    return first.found()
        ? first.etag().equals(before.etag())
        : isUnchangedWithoutBody(first, before);
  }

  private Fetched block0(Questions questions) {
    return Await.result(questions.block0(), settings.timeout(), "GET " + objects.describe(0));
  }

  /**
   * The state as the answers tell it, if they are enough; the same object as before if nothing has
   * changed. Brings the cache up to date with it.
   */
  BlocksState answer(Questions questions) {
    BlocksState before = questions.before();
    boolean thorough = questions.thorough();
    Fetched first = block0(questions);
    CompletableFuture<List<Listed>> journalNow = questions.journal();
    if (journalNow == null) {
      return before;
    }
    List<Listed> journalBlocks =
        Await.result(journalNow, settings.timeout(), "LIST " + journal.describe());
    boolean hot = journal.listed(journalBlocks, before.blockSize());
    if (!hot) {
      objects.looked(first.date());
    }
    if (first.status() == Fetched.Status.NOT_MODIFIED && !hot) {
      return before;
    }
    if (first.found()
        && !hot
        && !thorough
        && first.etag().equals(before.etag())
        && !before.recovering()) {
      objects.remember(objects.epoch(), 0, first.body(), first.etag());
      return before;
    }
    if (first.found() && !hot && first.body().length >= DatabaseHeader.LENGTH) {
      DatabaseHeader header = DatabaseHeader.parse(first.body(), objects.describe(0));
      if (header.sizeIsValid()) {
        return fromHeader(header, first, thorough);
      }
    }
    return fromListing(hot, journalBlocks);
  }

  /** Whether what was read before is still stored so, as far as it may have been undone. */
  boolean isProven(Questions questions) {
    return Await.result(questions.proven(), settings.listTimeout(), "GET " + objects.describe());
  }

  /** Whether the next look asks again for all that may have been undone. */
  boolean isAskedAgain(Questions questions) {
    CompletableFuture<Boolean> proven = questions.proven();
    return proven.isCompletedExceptionally() || proven.getNow(false);
  }

  private static boolean isUnchangedWithoutBody(Fetched first, BlocksState before) {
    return first.status() == Fetched.Status.NOT_MODIFIED || before.etag().isEmpty();
  }

  private BlocksState fromHeader(DatabaseHeader header, Fetched first, boolean thorough) {
    int blockSize = blockSize(first.body().length, header.fileLength());
    long storedLength = header.fileLength();
    if (thorough || objects.anyCached()) {
      // Some other writer: which of the cached blocks are still good?
      List<Listed> listed = listDatabase();
      keepOnly(etags(listed));
      for (Listed object : listed) {
        storedLength = Math.max(storedLength, objects.index(object) * blockSize + object.size());
      }
      // A writer that stores block 0 first may have been half-way when they were listed.
      List<Listed> journalBlocks =
          Await.result(journal.list(), settings.listTimeout(), "LIST " + journal.describe());
      if (journal.listed(journalBlocks, blockSize)) {
        return fromListing(true, journalBlocks);
      }
    } else {
      keepOnly(Map.of()); // nor anything that is on its way
    }
    journal.blockSize(blockSize);
    objects.remember(objects.epoch(), 0, first.body(), first.etag());
    return new BlocksState(
        blockSize, header.fileLength(), storedLength, header, first.etag(), Map.of(), false);
  }

  /**
   * The block size of an existing database: that of its first block, if there is a second one.
   *
   * @param first length of block 0
   * @param length of the database
   */
  private int blockSize(int first, long length) {
    int wanted = settings.blockSize();
    boolean fits = length > first ? first == wanted : first <= wanted;
    if (!fits && settings.blockSizeGiven()) {
      throw new S3VfsException(
          ErrorKind.INVALID,
          location
              + ": block_size="
              + wanted
              + ", but block 0 has "
              + first
              + " bytes of a database of "
              + length
              + " bytes");
    }
    return fits ? wanted : first;
  }

  /** Whether the database has a single block that is longer than the default block size. */
  boolean blockSizeIsAmbiguous(BlocksState state) {
    return !settings.blockSizeGiven()
        && state.blockSize() > settings.blockSize()
        && state.storedLength() == state.blockSize();
  }

  /** Whether an object is neither of this database nor of one whose key begins with this one's. */
  private boolean isForeign(Listed object) {
    String name = object.key().substring(location.key().length() + 1);
    boolean below = name.indexOf('/') > 0 && !name.startsWith("s/");
    return !below && !name.endsWith("-lease");
  }

  private void refuse(Listed foreign) {
    throw new S3VfsException(
        ErrorKind.INVALID,
        objects.describe()
            + " holds something else than a database: '"
            + foreign.key()
            + "' is no block");
  }

  private BlocksState fromListing(boolean hot, List<Listed> journalBlocks) {
    List<Listed> listed = listDatabase();
    Map<Long, Integer> sizes = new HashMap<>();
    long last = -1;
    for (Listed object : listed) {
      long index = objects.index(object);
      if (index >= 0) {
        sizes.put(index, (int) object.size());
        last = Math.max(last, index);
      }
    }
    String head = location.key() + "/head";
    sawHead = listed.stream().anyMatch(o -> o.key().equals(head));
    if (sawHead && !sizes.containsKey(0L)) {
      sizes.clear(); // left when it was moved
      last = -1;
    }
    if (sizes.isEmpty() && !sawHead) {
      listed.stream().filter(this::isForeign).findFirst().ifPresent(this::refuse);
    }
    if (!hot && !sizes.isEmpty() && !sizes.containsKey(0L)) {
      throw new S3VfsException(
          ErrorKind.CORRUPT,
          "block "
              + objects.describe(0)
              + " is missing, while "
              + sizes.size()
              + " other blocks are there");
    }
    int blockSize = listedBlockSize(sizes, journalBlocks);
    journal.blockSize(blockSize);
    journal.listed(journalBlocks, blockSize);
    Map<Long, String> etags = etags(listed);
    keepOnly(etags);
    long length = last < 0 ? 0 : last * blockSize + sizes.getOrDefault(last, 0);
    DatabaseHeader header = hot ? null : headerOf(sizes, blockSize, length);
    String version = sizes.isEmpty() ? "" : BlocksState.LISTED + etags.hashCode() + ":" + length;
    return new BlocksState(blockSize, length, length, header, version, Map.copyOf(sizes), hot);
  }

  /** The longest block's length, if there are several and the user did not say otherwise. */
  private int listedBlockSize(Map<Long, Integer> sizes, List<Listed> journalBlocks) {
    if (settings.blockSizeGiven()) {
      return settings.blockSize();
    }
    int longest = sizes.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    int inJournal = journalBlocks.stream().mapToInt(o -> (int) o.size()).max().orElse(0);
    if (sizes.size() > 1) {
      return longest;
    }
    return journalBlocks.size() > 1
        ? inJournal
        : Math.max(settings.blockSize(), Math.max(longest, inJournal));
  }

  /** The header in blocks that may be shorter than it; null for a file without any. */
  private @Nullable DatabaseHeader headerOf(Map<Long, Integer> sizes, int blockSize, long length) {
    if (length == 0) {
      return null;
    }
    ByteBuffer header = ByteBuffer.allocate((int) Math.min(DatabaseHeader.LENGTH, length));
    for (long index = 0; header.hasRemaining() && sizes.containsKey(index); index++) {
      byte[] bytes = objects.block(index);
      if (bytes == null) {
        break;
      }
      header.put(bytes, 0, Math.min(Math.min(bytes.length, blockSize), header.remaining()));
    }
    return DatabaseHeader.parse(header.array(), objects.describe(0));
  }

  private List<Listed> listDatabase() {
    return Await.result(objects.list(), settings.listTimeout(), "LIST " + objects.describe());
  }

  private Map<Long, String> etags(List<Listed> listed) {
    Map<Long, String> etags = new HashMap<>();
    listed.forEach(object -> etags.put(objects.index(object), object.etag()));
    return etags;
  }

  private void keepOnly(Map<Long, String> etags) {
    objects.invalidate((index, etag) -> etag.equals(etags.get(index)));
  }

  /** The state after this process has stored a file. */
  BlocksState stateAfter(BlocksState before, WriteBuffer file, String etag) {
    ByteBuffer start = ByteBuffer.allocate((int) Math.min(DatabaseHeader.LENGTH, file.length()));
    file.read(start, 0);
    DatabaseHeader header =
        DatabaseHeader.isDatabase(start.array())
            ? DatabaseHeader.parse(start.array(), objects.describe(0))
            : null;
    long length = file.length();
    if (header != null && header.sizeIsValid()) {
      length = Math.min(header.fileLength(), length);
    }
    return new BlocksState(
        before.blockSize(), length, file.length(), header, etag, Map.of(), false);
  }
}
