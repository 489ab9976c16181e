/**
 * The JDBC face: a driver that registers the VFS when a URL first names one, connections of
 * sqlite-jdbc whose exceptions say what was wrong in S3, and transactions that are begun again.
 * Imports {@code io.github.s3vfs} and {@code internal.vfs}. The driver is thread-safe; connections
 * are as thread-safe as sqlite-jdbc's.
 */
@NullMarked
package io.github.s3vfs.jdbc;

import org.jspecify.annotations.NullMarked;
