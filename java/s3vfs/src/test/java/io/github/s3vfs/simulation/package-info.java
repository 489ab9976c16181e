/**
 * A simulation of the layout {@code snapshot}: its real code, over a store in memory, in several
 * simulated processes whose requests fail in all the ways that requests can. A seed decides about
 * everything; the same seed makes the same run.
 *
 * <p>Every actor has a thread, but only the one that the {@link
 * io.github.s3vfs.simulation.Scheduler} has chosen runs. It runs until it has to wait for an answer
 * of the store. Then the scheduler chooses what happens next: another actor goes on, a request
 * takes effect or is answered, a process crashes, time passes. Time is simulated, too.
 *
 * <p>{@link io.github.s3vfs.simulation.History} sees each write of the head as it takes effect. So
 * it knows all versions that there ever were, and what must be in them; what processes read and
 * what they are told of their commits is compared with that.
 *
 * <p>One simulation at a time per {@link io.github.s3vfs.simulation.Scheduler}; simulations share
 * nothing. {@code ci/simulate} runs as many as there is time for.
 */
@NullMarked
package io.github.s3vfs.simulation;

import org.jspecify.annotations.NullMarked;
