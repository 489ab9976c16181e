package io.github.s3vfs.scenario;

import io.github.s3vfs.S3VfsConfig;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.Listed;
import io.github.s3vfs.internal.store.ObjectStore;
import io.github.s3vfs.internal.store.ObjectStores;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import io.github.s3vfs.internal.vfs.Vfs;
import io.github.s3vfs.internal.vfs.VfsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a process would leave behind if it died: the files of a local directory and the
 * objects in S3, before and after each request and each call that SQLite makes into the VFS. Not
 * thread-safe: requests run on the thread of the test.
 */
final class Moments {

  /**
   * What is stored at a moment.
   *
   * @param what the request or call before or behind which it is
   * @param files local files with their content
   * @param objects a copy of all objects
   * @param committed number of transactions whose COMMIT has returned
   * @param committing whether a COMMIT that may succeed is under way
   */
  record Moment(
      String what,
      Map<Path, byte[]> files,
      InMemoryObjectStore objects,
      int committed,
      boolean committing) {

    /** Makes the directory what it was. */
    void restoreFiles(Path directory) throws IOException {
      for (Path file : contents(directory).keySet()) {
        Files.delete(file);
      }
      for (Map.Entry<Path, byte[]> file : files.entrySet()) {
        Files.write(file.getKey(), file.getValue());
      }
    }

    @Override
    public String toString() {
      return what
          + ", "
          + committed
          + " committed"
          + (committing ? " and one under way, " : ", ")
          + files.keySet().stream().map(file -> file.getFileName() + "").toList()
          + " "
          + objects.keys();
    }
  }

  /** Calls without a moment of their own, for there are many: each request that they make has. */
  private static final Set<String> LOOKING = Set.of("read", "size", "pragma", "checkReservedLock");

  private final Path directory;
  private final InMemoryObjectStore store;
  private final List<Moment> moments = new ArrayList<>();
  private int changes;
  private int changesThen;
  private int committed;
  private boolean committing;

  Moments(Path directory, InMemoryObjectStore store, int committed, boolean committing) {
    this.directory = directory;
    this.store = store;
    this.committed = committed;
    this.committing = committing;
  }

  List<Moment> all() {
    return moments;
  }

  /** A COMMIT that may succeed begins. */
  void committing() {
    committing = true;
    take("before COMMIT");
  }

  /** It has returned. */
  void committed() {
    committing = false;
    committed++;
    take("after COMMIT");
  }

  /** A VFS on the store that is watched. */
  MemoryVfs vfs() {
    return new MemoryVfs(
        store,
        (config, stores) ->
            new WatchedVfs(
                config,
                new ObjectStores() {
                  @Override
                  public ObjectStore bucket(String bucket, S3VfsConfig of) {
                    return new WatchedStore(stores.bucket(bucket, of));
                  }

                  @Override
                  public void close() {
                    stores.close();
                  }
                }));
  }

  private static Map<Path, byte[]> contents(Path directory) {
    try (Stream<Path> list = Files.list(directory)) {
      Map<Path, byte[]> contents = new TreeMap<>();
      for (Path file : list.toList()) {
        contents.put(file, Files.readAllBytes(file));
      }
      return contents;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Keeps the moment, unless it is as the last one was. */
  private void take(String what) {
    Map<Path, byte[]> files = contents(directory);
    Moment last = moments.isEmpty() ? null : moments.get(moments.size() - 1);
    boolean same =
        last != null
            && changes == changesThen
            && last.committed() == committed
            && last.committing() == committing
            && sameFiles(last.files(), files);
    if (!same) {
      moments.add(new Moment(what, files, store.copy(), committed, committing));
      changesThen = changes;
    }
  }

  private static boolean sameFiles(Map<Path, byte[]> a, Map<Path, byte[]> b) {
    return a.keySet().equals(b.keySet())
        && a.entrySet().stream().allMatch(e -> Arrays.equals(e.getValue(), b.get(e.getKey())));
  }

  private <T> T around(String what, Supplier<T> action) {
    take("before " + what);
    T result = action.get();
    take("after " + what);
    return result;
  }

  private <T> T change(String what, Supplier<T> action) {
    return around(
        what,
        () -> {
          T result = action.get();
          changes++;
          return result;
        });
  }

  /** Requests are done when the call returns. */
  private final class WatchedStore implements ObjectStore {
    private final ObjectStore seen;

    WatchedStore(ObjectStore seen) {
      this.seen = seen;
    }

    @Override
    public String bucket() {
      return seen.bucket();
    }

    @Override
    public CompletableFuture<Fetched> get(
        String key, @Nullable ByteRange range, Condition condition) {
      return around("GET " + key, () -> seen.get(key, range, condition));
    }

    @Override
    public CompletableFuture<String> put(String key, byte[] body, Condition condition) {
      return change("PUT " + key, () -> seen.put(key, body, condition));
    }

    @Override
    public CompletableFuture<Void> delete(String key) {
      return change("DELETE " + key, () -> seen.delete(key));
    }

    @Override
    public CompletableFuture<Void> deleteAll(Collection<String> keys) {
      // S3 deletes them in any order, and may stop half-way.
      for (String key : keys) {
        var unused = change("DELETE of many, " + key, () -> seen.deleteAll(List.of(key)));
      }
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<List<Listed>> list(String prefix) {
      return around("LIST " + prefix, () -> seen.list(prefix));
    }

    @Override
    public CompletableFuture<List<String>> listPrefixes(String prefix) {
      return around("LIST " + prefix, () -> seen.listPrefixes(prefix));
    }
  }

  private final class WatchedVfs extends Vfs {
    WatchedVfs(S3VfsConfig config, ObjectStores stores) {
      super(config, stores);
    }

    @Override
    public VfsFile open(String path, Map<String, String> parameters, int flags) {
      return around("open " + path, () -> watched(path, super.open(path, parameters, flags)));
    }

    @Override
    public void delete(String path) {
      boolean unused =
          around(
              "delete " + path,
              () -> {
                super.delete(path);
                return true;
              });
    }

    @Override
    public boolean exists(String path) {
      return around("exists " + path, () -> super.exists(path));
    }

    private VfsFile watched(String path, VfsFile file) {
      return (VfsFile)
          Proxy.newProxyInstance(
              VfsFile.class.getClassLoader(),
              new Class<?>[] {VfsFile.class},
              (proxy, method, arguments) -> {
                String what = method.getName() + " " + path;
                boolean taken = !LOOKING.contains(method.getName());
                try {
                  if (taken) {
                    take("before " + what);
                  }
                  Object result = method.invoke(file, arguments);
                  if (taken) {
                    take("after " + what);
                  }
                  return result;
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }
  }
}
