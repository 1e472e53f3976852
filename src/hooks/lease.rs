//! Who keeps a connection: the components that hold a lease of it, and nobody else. Handles that outlive their component
//! do not.

use std::any::Any;
use std::cell::RefCell;
use std::rc::{Rc, Weak};

use crate::client::{OpenError, Options, Socket, Source};
use crate::codec::Codec;

/// A socket, closed when the last component lets go of it.
pub(crate) struct Lease<Incoming: 'static, Outgoing: 'static, C: Codec<Incoming, Outgoing> + 'static> {
    pub(super) socket: Socket<Incoming, Outgoing, C>,
    source: Source,
    options: Options<Incoming, Outgoing>,
}

impl<Incoming: 'static, Outgoing: 'static, C: Codec<Incoming, Outgoing> + 'static> Drop
    for Lease<Incoming, Outgoing, C>
{
    fn drop(&mut self) {
        self.socket.close();
    }
}

/// The connections that the components below one provider share.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pool(Rc<RefCell<Vec<Weak<dyn Any>>>>);

impl Pool {
    pub(crate) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// The connection to that source with those options, if a component has one; else a new one, which dials as `dial` says.
    pub(super) fn lease<Incoming, Outgoing, C: Codec<Incoming, Outgoing>>(
        &self,
        source: &Source,
        dial: Source,
        options: &Options<Incoming, Outgoing>,
    ) -> Result<Rc<Lease<Incoming, Outgoing, C>>, OpenError> {
        if let Some(lease) = self.find(source, options) {
            return Ok(lease);
        }
        let socket = Socket::prepare(dial, options.clone())?;
        let lease = Rc::new(Lease { socket, source: source.clone(), options: options.clone() });
        let shared: Rc<dyn Any> = lease.clone();
        self.0.borrow_mut().push(Rc::downgrade(&shared));
        Ok(lease)
    }

    fn find<Incoming: 'static, Outgoing: 'static, C: Codec<Incoming, Outgoing> + 'static>(
        &self,
        source: &Source,
        options: &Options<Incoming, Outgoing>,
    ) -> Option<Rc<Lease<Incoming, Outgoing, C>>> {
        let mut leases = self.0.borrow_mut();
        leases.retain(|lease| lease.strong_count() > 0);
        let of_these_types = |lease: &Weak<dyn Any>| lease.upgrade()?.downcast::<Lease<Incoming, Outgoing, C>>().ok();
        leases.iter().filter_map(of_these_types).find(|lease| lease.source == *source && lease.options == *options)
    }
}
