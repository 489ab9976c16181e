/**
 * SQLite tables as tables and streams of Apache Flink: {@code SqliteSource} and {@code SqliteSink}
 * for the DataStream API, {@code 'connector' = 'sqlite'} in SQL. Imports the public types of {@code
 * io.github.s3vfs.changelog} and of Flink. What Flink calls runs on the thread of its task; a
 * source also has a thread that reads, {@code sqlite-source}, which touches nothing but the reader
 * of its split, under a lock.
 */
@NullMarked
package io.github.s3vfs.flink;

import org.jspecify.annotations.NullMarked;
