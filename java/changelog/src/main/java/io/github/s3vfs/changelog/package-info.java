/**
 * Streams of changes in and out of SQLite tables: {@code ChangelogReader} says how a table has
 * changed since it last looked, {@code ChangelogWriter} applies changes to a table. Works on any
 * database that sqlite-jdbc opens. Imports the public packages of {@code io.github.s3vfs} only.
 * Readers and writers belong to one thread at a time; values are immutable, and everything else is
 * thread-safe.
 */
@NullMarked
package io.github.s3vfs.changelog;

import org.jspecify.annotations.NullMarked;
