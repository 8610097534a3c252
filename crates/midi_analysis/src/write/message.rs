//! What an event says.

use std::borrow::Cow;

use super::channel::ChannelMessage;
use super::meta_kind::MetaKind;

/// What an event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message<'p> {
    /// A message to a channel.
    Channel(ChannelMessage),
    /// A meta event: its type and its data. That a track ends is no event but `Track::end`.
    Meta(MetaKind, Cow<'p, [u8]>),
    /// A System Exclusive message, without its first byte, F0.
    Sysex(Cow<'p, [u8]>),
    /// Bytes to be sent as they are.
    Escape(Cow<'p, [u8]>),
}

impl From<ChannelMessage> for Message<'_> {
    fn from(message: ChannelMessage) -> Self {
        Self::Channel(message)
    }
}
