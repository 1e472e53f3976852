use std::future::Future;

/// Runs in the page until it is ended.
pub(crate) struct Task(#[cfg(target_family = "wasm")] futures::future::AbortHandle);

#[cfg(target_family = "wasm")]
pub(crate) fn spawn(future: impl Future<Output = ()> + 'static) -> Task {
    let (future, handle) = futures::future::abortable(future);
    js_sys::futures::spawn_local(async {
        // An error says that it was ended.
        let _ = future.await;
    });
    Task(handle)
}

/// Where there is no browser nothing comes and nothing changes.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn spawn(_: impl Future<Output = ()> + 'static) -> Task {
    Task()
}

impl Task {
    pub(crate) fn end(self) {
        #[cfg(target_family = "wasm")]
        self.0.abort();
    }
}
