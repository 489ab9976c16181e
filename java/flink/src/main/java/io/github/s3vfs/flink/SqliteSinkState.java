package io.github.s3vfs.flink;

/**
 * What a sink's writer keeps in checkpoints. Immutable.
 *
 * @param sink what it is called in the table {@code s3vfs_flink_sinks}
 * @param time of its last batch
 */
public record SqliteSinkState(String sink, long time) {}
