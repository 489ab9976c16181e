/**
 * The layout {@code snapshot} (docs/FORMAT.md): one head that is changed by compare-and-swap, and
 * immutable segments of compressed pages. Volumes and what they share are thread-safe; sessions and
 * transactions belong to one connection.
 */
@NullMarked
package io.github.s3vfs.internal.layout.snapshot;

import org.jspecify.annotations.NullMarked;
