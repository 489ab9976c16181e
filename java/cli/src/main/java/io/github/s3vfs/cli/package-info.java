/**
 * The command line: databases in S3 made, listed, queried, moved in and out, checked and deleted.
 * {@link io.github.s3vfs.cli.Main} is the program; nothing else here is for others. A run belongs
 * to one thread; progress is told from any.
 */
@NullMarked
package io.github.s3vfs.cli;

import org.jspecify.annotations.NullMarked;
