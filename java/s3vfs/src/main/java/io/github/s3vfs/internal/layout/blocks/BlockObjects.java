package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.blocks.BlockCache.Block;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.InFlight;
import io.github.s3vfs.internal.store.Listed;
import io.github.s3vfs.internal.store.ObjectStore;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The stored blocks of one file, through the cache. I/O and nothing else: what a missing or short
 * block means is the caller's business. Thread-safe.
 */
final class BlockObjects {
  /** In place of the ETag of a block that was not stored. */
  private static final String NOT_STORED = "";

  /** How often a PUT is sent that meets conflicts which have come to nothing. */
  private static final int PUT_ATTEMPTS = 4;

  /** What one request deletes: each has a time-out, and the lease must last for it. */
  private static final int DELETED_AT_ONCE = 1_000;

  /** More blocks are compared with a listing instead. */
  private static final int MOST_ASKED_ONE_BY_ONE = 32;

  private final ObjectStore store;
  private final BlockNames names;
  private final BlockCache cache;
  private final BlocksSettings settings;

  private final WriterLease lease;

  /** What the cache calls this file. */
  private final String file;

  /** Fetches under way, so that readers of the same block share one. */
  private final Map<Long, CompletableFuture<Fetched>> fetching = new ConcurrentHashMap<>();

  /**
   * Blocks that another program has changed during this process's change. They are its own, and
   * what is undone is neither put over them nor deletes them.
   */
  private final Set<Long> foreign = ConcurrentHashMap.newKeySet();

  /** Blocks that were read and may be undone by another process. */
  private final Unsettled unsettled = new Unsettled();

  /** Blocks that are stored otherwise than expected, and what they shall be. */
  private final Map<Long, byte[]> conflicting = new ConcurrentHashMap<>();

  /** Writes and deletes whose outcome is not known yet. */
  private final InFlight pending = new InFlight();

  /**
   * @param lease asked before each request that changes something
   */
  BlockObjects(
      ObjectStore store,
      BlockNames names,
      BlockCache cache,
      BlocksSettings settings,
      WriterLease lease) {
    this.lease = lease;
    this.store = store;
    this.names = names;
    this.cache = cache;
    this.settings = settings;
    this.file = store.bucket() + "/" + names.prefix();
  }

  /** "s3://bucket/key" of a block, for messages. */
  String describe(long index) {
    return "s3://" + store.bucket() + "/" + names.key(index);
  }

  /** "s3://bucket/prefix/" of the file, for messages. */
  String describe() {
    return "s3://" + store.bucket() + "/" + names.directory();
  }

  /** The number of a listed block, or -1 if the object is not one of this file. */
  long index(Listed object) {
    return names.index(object.key());
  }

  /** A block's content, from the cache or the store; null if there is no such block. */
  byte @Nullable [] block(long index) {
    byte[] bytes = fetched(index, false);
    cache.wasRead(file, index);
    return bytes;
  }

  /** The same for one that will be read later. */
  byte @Nullable [] fetched(long index) {
    return fetched(index, true);
  }

  private byte @Nullable [] fetched(long index, boolean ahead) {
    Block cached = cache.get(file, index);
    cache.meter().cacheAsked(cached != null);
    if (cached != null) {
      return cached.bytes();
    }
    String what = "GET " + describe(index);
    Fetched fetched = Await.result(fetch(index, ahead), settings.timeout(), what);
    return fetched.found() ? fetched.body() : null;
  }

  /** The ETag of a block that is stored. */
  String etag(long index) {
    Block cached = cache.get(file, index);
    return cached != null
        ? cached.etag()
        : Await.result(get(index, Condition.NONE), settings.timeout(), "GET " + describe(index))
            .etag();
  }

  /** Starts to fetch a block for one use: it comes from the cache but does not go into it. */
  CompletableFuture<byte @Nullable []> start(long index) {
    byte[] cached = cached(index);
    return cached != null
        ? CompletableFuture.completedFuture(cached)
        : store
            .get(names.key(index), null, Condition.NONE)
            .thenApply(fetched -> fetched.found() ? fetched.body() : null);
  }

  /** Starts to fetch blocks that are not in the cache; failures show when they are read. */
  void prefetch(long from, long until) {
    fetch(from, until, true);
  }

  /**
   * The same.
   *
   * @param ahead whether nobody wants them yet
   */
  void fetch(long from, long until, boolean ahead) {
    for (long index = from; index < until; index++) {
      if (fetching.size() >= 4 * settings.parallelism()) {
        return;
      }
      if (cache.get(file, index) == null) {
        var unused = fetch(index, ahead);
      }
    }
  }

  private CompletableFuture<Fetched> fetch(long index, boolean ahead) {
    CompletableFuture<Fetched> mine = new CompletableFuture<>();
    CompletableFuture<Fetched> other = fetching.putIfAbsent(index, mine);
    if (other != null) {
      return other;
    }
    Block cached = cache.get(file, index);
    if (cached != null) { // by a fetch that has ended since the caller looked
      fetching.remove(index, mine);
      byte[] bytes = cached.bytes();
      mine.complete(
          new Fetched(Fetched.Status.FOUND, bytes, cached.etag(), bytes.length, null, null));
      return mine;
    }
    int epoch = cache.epoch(file);
    var unused =
        store
            .get(names.key(index), null, Condition.NONE)
            .whenComplete(
                (fetched, error) -> {
                  if (error == null && fetched.found()) {
                    unsettled.read(index, fetched);
                    Block block = new Block(fetched.body(), fetched.etag());
                    if (ahead) {
                      cache.putAhead(file, epoch, index, block);
                    } else {
                      cache.put(file, epoch, index, block);
                    }
                  }
                  fetching.remove(index, mine);
                  if (error == null) {
                    mine.complete(fetched);
                  } else {
                    mine.completeExceptionally(error);
                  }
                });
    return mine;
  }

  /** The database was looked at, by the store's clock, and nobody was writing. */
  void looked(@Nullable Instant date) {
    unsettled.looked(date);
  }

  /**
   * Starts to ask whether the blocks that may be undone are still stored as they were read. Those
   * that are not leave the cache.
   *
   * @return whether all are
   */
  CompletableFuture<Boolean> prove() {
    Map<Long, String> read = unsettled.take();
    if (read.isEmpty()) {
      return CompletableFuture.completedFuture(true);
    }
    CompletableFuture<Set<Long>> same =
        read.size() > MOST_ASKED_ONE_BY_ONE ? sameByListing(read) : sameOneByOne(read);
    return same.thenApply(
            proven -> {
              read.keySet().stream()
                  .filter(index -> !proven.contains(index))
                  .forEach(index -> cache.drop(file, index));
              return proven.size() == read.size();
            })
        .whenComplete(
            (proven, error) -> {
              if (error != null) {
                unsettled.putBack(read);
              }
            });
  }

  private CompletableFuture<Set<Long>> sameByListing(Map<Long, String> read) {
    return list()
        .thenApply(
            objects ->
                objects.stream()
                    .filter(object -> object.etag().equals(read.get(index(object))))
                    .map(this::index)
                    .collect(Collectors.toSet()));
  }

  private CompletableFuture<Set<Long>> sameOneByOne(Map<Long, String> read) {
    Set<Long> same = ConcurrentHashMap.newKeySet();
    CompletableFuture<?>[] asked =
        read.entrySet().stream()
            .map(
                block ->
                    store
                        .get(
                            names.key(block.getKey()),
                            null,
                            Condition.ifNoneMatch(block.getValue()))
                        .thenAccept(
                            now -> {
                              if (now.status() == Fetched.Status.NOT_MODIFIED) {
                                same.add(block.getKey());
                              }
                            }))
            .toArray(CompletableFuture[]::new);
    return CompletableFuture.allOf(asked).thenApply(all -> same);
  }

  /** Starts a GET of a block past the cache; the answer goes into it by {@link #remember}. */
  CompletableFuture<Fetched> get(long index, Condition condition) {
    return store.get(names.key(index), null, condition);
  }

  /**
   * Starts to list what is stored under this file's prefix, blocks or not; without the object that
   * some tools make for a directory.
   */
  CompletableFuture<List<Listed>> list() {
    return store
        .list(names.directory())
        .thenApply(
            objects -> objects.stream().filter(o -> !o.key().equals(names.directory())).toList());
  }

  /** What {@link #remember} wants back. */
  int epoch() {
    return cache.epoch(file);
  }

  void remember(int epoch, long index, byte[] bytes, String etag) {
    cache.put(file, epoch, index, new Block(bytes, etag));
  }

  /** Whether the cache has this block in this version. */
  boolean has(long index, String etag) {
    Block block = cache.get(file, index);
    return block != null && block.etag().equals(etag);
  }

  /** The cached content of a block, or null. */
  byte @Nullable [] cached(long index) {
    Block block = cache.get(file, index);
    return block == null ? null : block.bytes();
  }

  /** Counts a transaction. */
  void committed() {
    cache.meter().committed();
  }

  boolean anyCached() {
    return cache.holdsAnyOf(file);
  }

  /** Drops what is cached but for the blocks that the test lets stay. */
  void invalidate(BiPredicate<Long, String> staysByIndexAndEtag) {
    fetching.clear();
    cache.invalidate(file, staysByIndexAndEtag);
  }

  /**
   * Stores blocks in parallel and waits until all are acknowledged. Each PUT has a condition: that
   * the stored block is the one that the cache knows, or, of a new block, that there is none. A
   * block in neither case is stored as it is, and so is one that is too large for a condition.
   *
   * @throws S3VfsException {@code CORRUPT} if somebody who does not hold the lease has written
   */
  void putAll(Iterator<Map.Entry<Long, byte[]>> blocks, Expected expected) {
    fetching.clear();
    cache.fence(file);
    int epoch = epoch();
    conflicting.clear();
    unlessForeign(
        () -> {
          all(
              puts(blocks, (index, bytes) -> startPut(epoch, index, bytes, expected)),
              "PUT of blocks of " + describe());
          storeConflicting(expected);
          return "";
        });
  }

  /** Stores one block as {@link #putAll} does; answers its ETag. */
  String put(long index, byte[] bytes, Expected expected) {
    fetching.clear();
    cache.fence(file);
    int epoch = epoch();
    conflicting.clear();
    return unlessForeign(
        () -> {
          String etag = tracked(startPut(epoch, index, bytes, expected), "PUT " + describe(index));
          storeConflicting(expected);
          return etag;
        });
  }

  /** Starts the PUT of a block. */
  private interface Put {
    CompletableFuture<String> start(long index, byte[] bytes);
  }

  private static Iterator<Supplier<CompletableFuture<String>>> puts(
      Iterator<Map.Entry<Long, byte[]>> blocks, Put put) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return blocks.hasNext();
      }

      @Override
      public Supplier<CompletableFuture<String>> next() {
        Map.Entry<Long, byte[]> block = blocks.next();
        return () -> put.start(block.getKey(), block.getValue());
      }
    };
  }

  private CompletableFuture<String> startPut(
      int epoch, long index, byte[] bytes, Expected expected) {
    if (foreign.contains(index)) {
      return CompletableFuture.completedFuture(NOT_STORED);
    }
    Block known = cache.get(file, index);
    Condition condition =
        known != null
            ? Condition.ifMatch(known.etag())
            : expected.isNew().test(index) ? Condition.IF_ABSENT : Condition.NONE;
    boolean tooLarge = bytes.length > store.maxConditionalPut();
    return startPut(epoch, index, bytes, tooLarge ? Condition.NONE : condition);
  }

  private CompletableFuture<String> startPut(
      int epoch, long index, byte[] bytes, Condition condition) {
    lease.checkLasts();
    cache.drop(file, index);
    unsettled.stored(index);
    return conditionalPut(index, bytes, condition, 1)
        .thenApply(
            etag -> {
              if (!etag.equals(NOT_STORED)) {
                remember(epoch, index, bytes, etag);
              }
              return etag;
            });
  }

  /**
   * PUTs a block. A conflict may be its own success that a retry of the client met, or one with
   * another request on the same key that has come to nothing: what is stored tells.
   */
  private CompletableFuture<String> conditionalPut(
      long index, byte[] bytes, Condition condition, int attempt) {
    String key = names.key(index);
    if (attempt > 1) {
      try {
        lease.checkLasts();
      } catch (S3VfsException e) {
        return CompletableFuture.failedFuture(e);
      }
      cache.meter().resent();
    }
    return store
        .put(key, bytes, condition)
        .exceptionallyCompose(
            error -> {
              boolean lost = error instanceof S3VfsException e && e.kind() == ErrorKind.CONFLICT;
              if (!lost || attempt == PUT_ATTEMPTS) {
                return CompletableFuture.failedFuture(error);
              }
              return store
                  .get(key, null, Condition.NONE)
                  .thenCompose(now -> afterConflict(index, bytes, condition, attempt, now, error));
            });
  }

  private CompletableFuture<String> afterConflict(
      long index, byte[] bytes, Condition condition, int attempt, Fetched now, Throwable error) {
    if (now.found() && Arrays.equals(now.body(), bytes)) {
      return CompletableFuture.completedFuture(now.etag());
    }
    boolean expectedNone = condition.kind() == Condition.Kind.IF_ABSENT;
    boolean asExpected = now.found() ? now.etag().equals(condition.etag()) : expectedNone;
    if (asExpected) {
      return conditionalPut(index, bytes, condition, attempt + 1);
    }
    if (index == 0) {
      foreign.add(index);
      return CompletableFuture.failedFuture(error);
    }
    conflicting.put(index, bytes);
    return CompletableFuture.completedFuture(NOT_STORED);
  }

  /**
   * Stores blocks that are not what was expected, if nobody else can have made them so: what failed
   * and rolled back transactions leave behind the end of the file, and in pages that are not in
   * use, does not show in block 0.
   *
   * @throws S3VfsException {@code CORRUPT} if block 0 is another one, too
   */
  private void storeConflicting(Expected expected) {
    if (conflicting.isEmpty()) {
      return;
    }
    Map<Long, byte[]> blocks = new HashMap<>(conflicting);
    conflicting.clear();
    lease.renew();
    lease.checkLasts();
    if (!isFirst(expected.first())) {
      foreign.addAll(blocks.keySet());
      throw changedByOthers("blocks " + blocks.keySet() + " are not the expected ones", null);
    }
    int epoch = epoch();
    Iterator<Map.Entry<Long, byte[]>> all = blocks.entrySet().iterator();
    all(
        puts(all, (index, bytes) -> startPut(epoch, index, bytes, Condition.NONE)),
        "PUT of blocks");
  }

  /** Whether block 0 still is the expected one. */
  private boolean isFirst(@Nullable String etag) {
    if (etag == null) {
      return true;
    }
    Fetched first = Await.result(get(0, Condition.NONE), settings.timeout(), "GET " + describe(0));
    return first.found() ? first.etag().equals(etag) : etag.isEmpty();
  }

  /** A change is over: the next one may build on what others have stored. */
  void forgetForeign() {
    foreign.clear();
  }

  /** Tells a lost lease from a writer that knows nothing of leases. */
  private String unlessForeign(Supplier<String> puts) {
    try {
      return puts.get();
    } catch (S3VfsException e) {
      if (e.kind() != ErrorKind.CONFLICT) {
        throw e;
      }
      lease.renew();
      lease.checkLasts();
      throw changedByOthers(String.valueOf(e.getMessage()), e);
    }
  }

  private S3VfsException changedByOthers(String how, @Nullable Throwable cause) {
    return new S3VfsException(
        ErrorKind.CORRUPT,
        describe()
            + " was changed by a program that does not take the lease, while this one was writing: "
            + how,
        cause);
  }

  /** Whether there is such a block, when no earlier request is under way any more. */
  boolean isStored(long index) {
    settle();
    return Await.result(get(index, Condition.NONE), settings.timeout(), "GET " + describe(index))
        .found();
  }

  /** Deletes one block. */
  void delete(long index) {
    fetching.clear();
    cache.fence(file);
    cache.drop(file, index);
    lease.checkLasts();
    tracked(store.delete(names.key(index)), "DELETE " + describe(index));
  }

  /** Deletes blocks, in no particular order, but those that another program has changed. */
  void deleteAll(LongStream indexes) {
    fetching.clear();
    cache.fence(file);
    List<String> keys =
        indexes
            .filter(index -> !foreign.contains(index))
            .peek(index -> cache.drop(file, index))
            .mapToObj(names::key)
            .toList();
    for (int from = 0; from < keys.size(); from += DELETED_AT_ONCE) {
      lease.checkLasts();
      List<String> some = keys.subList(from, Math.min(keys.size(), from + DELETED_AT_ONCE));
      tracked(
          some.size() == 1 ? store.delete(some.get(0)) : store.deleteAll(some),
          "DELETE s3://" + store.bucket() + "/" + some.get(0));
    }
  }

  /**
   * Waits until no write of an earlier, failed operation is under way any more, so that none takes
   * effect behind the back of the next one.
   */
  void settle() {
    pending.settle(settings.timeout(), "an earlier write of " + describe());
  }

  private <T> T tracked(CompletableFuture<T> request, String what) {
    return Await.result(pending.track(request), settings.timeout(), what);
  }

  private <T> void all(Iterator<Supplier<CompletableFuture<T>>> requests, String what) {
    Await.all(requests, settings.requestsAtOnce(), settings.timeout(), what, pending);
  }
}
