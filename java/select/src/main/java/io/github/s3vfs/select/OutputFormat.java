package io.github.s3vfs.select;

/** How rows are written. */
public sealed interface OutputFormat permits CsvOutput, JsonOutput {}
