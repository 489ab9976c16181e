/**
 * What a layout is to SQLite: a {@link io.github.s3vfs.internal.layout.Volume} per database, shared
 * by the connections of the process, and a {@link io.github.s3vfs.internal.layout.Session} per
 * connection. Imports {@code internal.store} and the values of {@code io.github.s3vfs}. Volumes are
 * thread-safe; a session belongs to one connection, which SQLite lets one thread use at a time.
 */
@NullMarked
package io.github.s3vfs.internal.layout;

import org.jspecify.annotations.NullMarked;
