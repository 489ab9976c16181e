package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.store.ObjectStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A store in which something happens before a request, or between its effect and its answer. */
final class MeanwhileStore {
  private MeanwhileStore() {}

  /**
   * Lets something happen once.
   *
   * @param request which one, by the name of its method
   * @param nth of them, counted from 1
   */
  static ObjectStore before(ObjectStore store, String request, int nth, Runnable what) {
    return over(store, request, nth, what, () -> {});
  }

  /** As {@link #before}, behind the effect. */
  static ObjectStore behind(ObjectStore store, String request, int nth, Runnable what) {
    return over(store, request, nth, () -> {}, what);
  }

  private static ObjectStore over(
      ObjectStore store, String request, int nth, Runnable before, Runnable behind) {
    int[] seen = new int[1];
    return (ObjectStore)
        Proxy.newProxyInstance(
            MeanwhileStore.class.getClassLoader(),
            new Class<?>[] {ObjectStore.class},
            (proxy, method, arguments) -> {
              boolean now = method.getName().equals(request) && ++seen[0] == nth;
              try {
                if (now) {
                  before.run();
                }
                Object answer = method.invoke(store, arguments);
                if (now) {
                  behind.run();
                }
                return answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
