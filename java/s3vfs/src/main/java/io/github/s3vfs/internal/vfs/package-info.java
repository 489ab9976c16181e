/**
 * What SQLite asks of a VFS, without the native border: names to databases, open flags to files,
 * file locks within the process. Imports {@code internal.layout}, {@code internal.store} and the
 * values of {@code io.github.s3vfs}. A VFS is thread-safe; a file belongs to one connection.
 */
@NullMarked
package io.github.s3vfs.internal.vfs;

import org.jspecify.annotations.NullMarked;
