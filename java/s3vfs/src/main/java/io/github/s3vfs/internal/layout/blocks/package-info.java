/**
 * The layout {@code blocks}: the SQLite file cut into objects of a fixed size, as the Python
 * package sqlite-s3vfs stores it. The format is in docs/FORMAT.md, what it promises in
 * docs/SEMANTICS.md. Imports {@code internal.layout}, {@code internal.readahead}, {@code
 * internal.store}. Volume, cache and block objects are thread-safe; sessions, write buffers and the
 * journal are guarded by SQLite's locks, as their interfaces say.
 */
@NullMarked
package io.github.s3vfs.internal.layout.blocks;

import org.jspecify.annotations.NullMarked;
