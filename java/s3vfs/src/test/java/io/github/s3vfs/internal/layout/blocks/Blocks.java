package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.internal.store.InMemoryObjectStore;
import java.io.ByteArrayOutputStream;
import java.util.Objects;

/** The reader that docs/FORMAT.md describes in one sentence. */
final class Blocks {
  private Blocks() {}

  /** All objects under a prefix, in the order of their keys. */
  static byte[] concatenated(InMemoryObjectStore store, String prefix) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    for (String key : store.keys(prefix)) {
      file.writeBytes(Objects.requireNonNull(store.peek(key)));
    }
    return file.toByteArray();
  }
}
