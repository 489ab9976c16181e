package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.ObjectStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A store that takes no notice of one kind of condition on PUT. */
final class CarelessStore {
  private CarelessStore() {}

  static ObjectStore over(ObjectStore store, Condition.Kind ignored) {
    return (ObjectStore)
        Proxy.newProxyInstance(
            CarelessStore.class.getClassLoader(),
            new Class<?>[] {ObjectStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("put") && ((Condition) arguments[2]).kind() == ignored) {
                arguments[2] = Condition.NONE;
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
