#[cfg(feature = "hooks")]
use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::future::Future;
#[cfg(feature = "hooks")]
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
#[cfg(feature = "hooks")]
use std::task::Poll;

use super::options::Endpoint;

pub(super) type Answer = Pin<Box<dyn Future<Output = Result<Endpoint, Box<dyn Error>>>>>;

/// Where to connect: a URL, an [`Endpoint`], or a provider, which is asked before every dial, so that a token in the URL is
/// never stale. If it fails, that attempt has failed, and the next one asks again.
///
/// ```
/// use everwire::Source;
///
/// async fn token() -> Result<String, std::io::Error> {
///     Ok("secret".into())
/// }
///
/// let fixed = Source::from("wss://example.org/chat");
/// let asked = Source::from(|| async {
///     let token = token().await?;
///     Ok::<_, std::io::Error>(format!("wss://example.org/chat?token={token}"))
/// });
/// assert_eq!(fixed, Source::from("wss://example.org/chat".to_string()));
/// assert_eq!(asked, asked.clone());
/// assert_ne!(asked, fixed);
/// ```
#[derive(Clone)]
pub struct Source(pub(super) Place);

/// What calls a function where it finds what it needs, such as the runtime of a framework.
#[cfg(feature = "hooks")]
pub(crate) type Surroundings = Rc<dyn Fn(&mut dyn FnMut())>;

#[derive(Clone)]
pub(super) enum Place {
    Fixed(Endpoint),
    Asked(Rc<dyn Fn() -> Answer>),
}

impl Source {
    /// Another source that always asks what the cell holds at that time, if that is a provider.
    #[cfg(feature = "hooks")]
    pub(crate) fn latest_in(cell: &Rc<RefCell<Self>>) -> Self {
        let Place::Asked(first) = &cell.borrow().0 else { return cell.borrow().clone() };
        let (first, cell) = (Rc::clone(first), Rc::clone(cell));
        Self(Place::Asked(Rc::new(move || {
            let provider = match &cell.borrow().0 {
                Place::Asked(latest) => Rc::clone(latest),
                Place::Fixed(_) => Rc::clone(&first),
            };
            provider()
        })))
    }

    #[cfg(all(test, feature = "hooks"))]
    pub(crate) fn ask(&self) -> Option<Answer> {
        match &self.0 {
            Place::Fixed(_) => None,
            Place::Asked(provider) => Some(provider()),
        }
    }

    /// Another source whose provider runs in these surroundings.
    #[cfg(feature = "hooks")]
    pub(crate) fn within(self, surroundings: Surroundings) -> Self {
        let Place::Asked(provider) = self.0 else { return self };
        Self(Place::Asked(Rc::new(move || {
            let mut asked = None;
            let (provider, surroundings) = (Rc::clone(&provider), Rc::clone(&surroundings));
            Box::pin(poll_fn(move |context| {
                let mut answer = Poll::Pending;
                surroundings(&mut || answer = asked.get_or_insert_with(|| provider()).as_mut().poll(context));
                answer
            }))
        })))
    }

    /// Whether who was connected to the other one can stay so: a provider is asked anew before every dial, so another one
    /// is no other place.
    #[cfg(feature = "hooks")]
    pub(crate) fn is_at(&self, other: &Self) -> bool {
        matches!((&self.0, &other.0), (Place::Asked(_), Place::Asked(_))) || self == other
    }
}

impl From<Endpoint> for Source {
    fn from(endpoint: Endpoint) -> Self {
        Self(Place::Fixed(endpoint))
    }
}

impl From<&str> for Source {
    fn from(url: &str) -> Self {
        Endpoint::from(url).into()
    }
}

impl From<String> for Source {
    fn from(url: String) -> Self {
        Endpoint::from(url).into()
    }
}

impl From<&String> for Source {
    fn from(url: &String) -> Self {
        Endpoint::from(url).into()
    }
}

impl<P, F, T, E> From<P> for Source
where
    P: Fn() -> F + 'static,
    F: Future<Output = Result<T, E>> + 'static,
    T: Into<Endpoint>,
    E: Into<Box<dyn Error>>,
{
    fn from(provider: P) -> Self {
        Self(Place::Asked(Rc::new(move || {
            let answer = provider();
            Box::pin(async move { answer.await.map(Into::into).map_err(Into::into) })
        })))
    }
}

/// Endpoints are the same by what they say, providers if one is a clone of the other.
impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Place::Fixed(one), Place::Fixed(other)) => one == other,
            (Place::Asked(one), Place::Asked(other)) => super::options::is_clone(one, other),
            _ => false,
        }
    }
}

impl fmt::Debug for Source {
    /// Without the URL: it may carry a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").finish_non_exhaustive()
    }
}
