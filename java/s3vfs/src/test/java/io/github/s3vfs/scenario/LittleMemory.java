package io.github.s3vfs.scenario;

import io.github.s3vfs.S3VfsConfig;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import io.github.s3vfs.internal.vfs.Vfs;

/** VFSes with little memory: transactions are stored in parts, and few blocks are cached. */
final class LittleMemory {
  private LittleMemory() {}

  static MemoryVfs vfs(InMemoryObjectStore store, long cacheSizeBytes, long writeBufferBytes) {
    return new MemoryVfs(
        store,
        (c, stores) ->
            new TracedVfs(
                new S3VfsConfig(
                    c.name(),
                    c.bucket(),
                    c.client(),
                    c.requests(),
                    c.blockSize(),
                    c.maxStaleness(),
                    cacheSizeBytes,
                    writeBufferBytes,
                    c.parallelism(),
                    c.leaseTerm()),
                traced(stores, c.name())));
  }

  private static io.github.s3vfs.internal.store.ObjectStores traced(
      io.github.s3vfs.internal.store.ObjectStores stores, String who) {
    return new io.github.s3vfs.internal.store.ObjectStores() {
      @Override
      public io.github.s3vfs.internal.store.ObjectStore bucket(String b, S3VfsConfig c) {
        return tracedStore(stores.bucket(b, c), who);
      }

      @Override
      public void close() {}
    };
  }

  private static io.github.s3vfs.internal.store.ObjectStore tracedStore(
      io.github.s3vfs.internal.store.ObjectStore seen, String who) {
    return (io.github.s3vfs.internal.store.ObjectStore)
        java.lang.reflect.Proxy.newProxyInstance(
            LittleMemory.class.getClassLoader(),
            new Class<?>[] {io.github.s3vfs.internal.store.ObjectStore.class},
            (p, m, a) -> {
              Object r = m.invoke(seen, a);
              if (r instanceof java.util.concurrent.CompletableFuture<?> f) {
                String out;
                try {
                  Object v = f.join();
                  out =
                      v instanceof io.github.s3vfs.internal.store.Fetched g
                          ? g.status() + " " + g.etag()
                          : v instanceof java.util.List<?> l ? l.size() + " objects" : v + "";
                } catch (RuntimeException e) {
                  out = "FAILED " + e.getCause();
                }
                System.err.println(
                    "    ["
                        + who
                        + " "
                        + m.getName()
                        + " "
                        + a[0]
                        + " "
                        + (a.length > 1
                                && a[a.length - 1]
                                    instanceof io.github.s3vfs.internal.store.Condition c
                            ? c.kind() + " " + c.etag()
                            : "")
                        + " -> "
                        + out
                        + "]");
              }
              return r;
            });
  }

  static final class TracedVfs extends Vfs {
    static int count;

    TracedVfs(S3VfsConfig c, io.github.s3vfs.internal.store.ObjectStores s) {
      super(c, s);
    }

    @Override
    public io.github.s3vfs.internal.vfs.VfsFile open(
        String path, java.util.Map<String, String> parameters, int flags) {
      io.github.s3vfs.internal.vfs.VfsFile f = super.open(path, parameters, flags);
      int n = ++count;
      return (io.github.s3vfs.internal.vfs.VfsFile)
          java.lang.reflect.Proxy.newProxyInstance(
              LittleMemory.class.getClassLoader(),
              new Class<?>[] {io.github.s3vfs.internal.vfs.VfsFile.class},
              (p, m, a) -> {
                String out = "";
                try {
                  Object r = m.invoke(f, a);
                  out = r + "";
                  if (m.getName().equals("read") && a[1].equals(24L)) {
                    java.nio.ByteBuffer b = (java.nio.ByteBuffer) a[0];
                    for (int i = 0; i < 16 && i < b.position(); i++) {
                      out += " " + (b.get(i) & 255);
                    }
                  }
                  return r;
                } catch (java.lang.reflect.InvocationTargetException e) {
                  out = e.getCause() + "";
                  throw e.getCause();
                } finally {
                  System.err.println(
                      "      <"
                          + path
                          + "#"
                          + n
                          + " "
                          + m.getName()
                          + " "
                          + (a == null ? "" : java.util.Arrays.toString(a))
                              .replaceAll("java.nio.Direct", "")
                          + " -> "
                          + out
                          + ">");
                }
              });
    }
  }
}
